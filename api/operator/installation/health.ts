import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import type { OperatorHealthWords } from '../../pages/messages/operator-health.en.ts';
import { operatorHealthWords } from '../../pages/messages/operator-health.ts';
import { shown } from '../answers.ts';
import { addressOf } from '../filters.ts';
import { badge, facts, table, type Tone } from '../table.ts';
import { shortTime, time } from '../times.ts';
import type { OperatorPage, Visit } from '../visit.ts';

const PATH = '/admin/health';

type Health = Extract<AnswerOf<'getHealth'>, { readonly status: 200 }>['body'];
type Backlog = Extract<AnswerOf<'getBacklog'>, { readonly status: 200 }>['body'];
type Vendor = NonNullable<Health['vendors']>[number];

function concernInWords({ code, about }: Health['concerns'][number], words: OperatorHealthWords): string {
  const named = about ?? '';
  const { taskKind } = words;
  if (Object.hasOwn(taskKind, named)) return words.concern[code](taskKind[named as keyof typeof taskKind]);
  return words.concern[code](code.startsWith('vendor-') ? vendorName(named) : named);
}

/** What a person should look at, or that there is nothing. */
function concerns({ concerns: found }: Health, words: OperatorHealthWords): Html {
  if (found.length === 0) return html`<div class="notice ok" role="status"><p>${words.fine}</p></div>`;
  return html`<div class="notice danger" role="alert"><p><strong>${words.concerns}</strong></p>
<ul>${found.map((one) => html`<li>${concernInWords(one, words)}</li>`)}</ul></div>`;
}

/**
 * The health of everything in a few lines, for a page that is about something else; null where the API does not tell
 * it to this operator.
 */
export async function healthSummary(visit: Visit): Promise<Html | null> {
  const answer = await visit.api.getHealth();
  if (answer.status !== 200) return null;
  const words = operatorHealthWords[visit.language];
  return html`${concerns(answer.body, words)}<p><a href="${PATH}">${words.details}</a></p>`;
}

function stores({ database, temporal, gateway }: Health, words: OperatorHealthWords): Html {
  const reach = (isReachable: boolean): Html =>
    isReachable ? badge(words.reachable, 'ok') : badge(words.away, 'danger');
  const queues = (temporal.queues ?? []).map(({ kind, pollers, backlog }) => {
    const waiting = backlog === null ? words.noBacklog : words.backlog(backlog);
    return [words.queue[kind], `${words.pollers(pollers.length)}, ${waiting}`] as const;
  });
  return html`<section class="card"><h2>${words.stores}</h2>${facts([
    [words.database, reach(database.reachable)],
    [
      words.temporal,
      html`${reach(temporal.reachable)} <span class="muted">${words.namespace(temporal.namespace)}</span>`,
    ],
    ...queues,
    [
      words.gateway,
      gateway === null
        ? null
        : html`${badge(words.gatewayStates[gateway.state], gateway.state === 'ready' ? 'ok' : 'warn')}${gateway.code !== null && html` <code>${gateway.code}</code>`}`,
    ],
  ])}</section>`;
}

const VENDORS: Readonly<Record<string, string>> = {
  saleor: 'Saleor',
  zammad: 'Zammad',
  apisix: 'APISIX',
  gateway: 'Gateway',
  calendly: 'Calendly',
  calcom: 'Cal.com',
};

/** As people write it; a shop with its domain. */
function vendorName(vendor: string): string {
  const [name = '', domain] = vendor.split(' ', 2);
  const written = VENDORS[name] ?? name;
  return domain === undefined ? written : `${written} (${domain})`;
}

const vendorTones: Readonly<Record<Vendor['state'], Tone>> = {
  unasked: 'plain',
  answering: 'ok',
  failing: 'warn',
  away: 'danger',
};

function vendors({ vendors: known }: Health, words: OperatorHealthWords, visit: Visit): Html {
  return html`<section class="card"><h2>${words.vendors}</h2><p class="hint">${words.vendorsLead}</p>${
    known === null || known.length === 0
      ? html`<p>${words.noVendors}</p>`
      : table<Vendor>(
          words.vendors,
          [
            { heading: words.vendor, cell: ({ vendor }) => vendorName(vendor) },
            {
              heading: words.state,
              cell: ({ state, away_in: away, processes }) =>
                html`${badge(words.vendorStates[state], vendorTones[state])}${state === 'away' && html` ${words.awayIn(away, processes)}`}`,
            },
            { heading: words.since, cell: ({ since }) => time(since, visit) },
            { heading: words.lastAnswer, cell: (one) => time(one.last_answer_at, visit) },
            {
              heading: words.lastFailure,
              cell: ({ last_failure: failure }) =>
                failure === null ? null : html`<code>${failure.code}</code> ${time(failure.at, visit)}`,
            },
            { heading: words.parked, number: true, cell: ({ parked }) => parked },
          ],
          known,
        )
  }</section>`;
}

function processes({ processes: known }: Health, words: OperatorHealthWords, visit: Visit): Html | null {
  if (known === null) return null;
  return html`<section class="card"><h2>${words.processes}</h2>${table(
    words.processes,
    [
      { heading: words.process, cell: ({ id, kind }) => html`${words.kind[kind]} <code>${id}</code>` },
      {
        heading: words.state,
        cell: ({ silent }) => (silent ? badge(words.silent, 'danger') : badge(words.alive, 'ok')),
      },
      {
        heading: words.version,
        cell: ({ version, build_id: build }) => (build === null ? version : `${version} (${build})`),
      },
      { heading: words.started, cell: (one) => time(one.started_at, visit) },
      { heading: words.seen, cell: (one) => time(one.seen_at, visit) },
    ],
    known,
  )}</section>`;
}

function replicas({ replicas: known }: Health, words: OperatorHealthWords, visit: Visit): Html | null {
  if (known === null || known.length === 0) return null;
  return html`<section class="card"><h2>${words.replicas}</h2>${table(
    words.replicas,
    [
      { heading: words.replica, cell: ({ id }) => html`<code>${id}</code>` },
      {
        heading: words.state,
        cell: ({ live }) => (live ? badge(words.live, 'ok') : badge(words.leaseOver, 'warn')),
      },
      { heading: words.started, cell: (one) => time(one.started_at, visit) },
      { heading: words.behind, number: true, cell: ({ behind }) => behind },
    ],
    known,
  )}</section>`;
}

interface Waiting {
  readonly what: string;
  readonly to: string | null;
  readonly count: number;
  readonly oldestAt: string | null;
}

const SOURCES = { saleor: 'Saleor', calendly: 'Calendly', calcom: 'Cal.com', zammad: 'Zammad' } as const;

function waitingOf(backlog: Backlog, words: OperatorHealthWords): readonly Waiting[] {
  const of = (
    what: string,
    to: string | null,
    one: { count: number; oldest_at: string | null },
  ): Waiting => ({
    what,
    to,
    count: one.count,
    oldestAt: one.oldest_at,
  });
  return [
    ...backlog.inbox.map((one) => {
      const what = one.status === 'stored' ? words.stored : words.quarantined;
      return of(
        what(SOURCES[one.source]),
        addressOf('/admin/inbox', { status: one.status, source: one.source }),
        one,
      );
    }),
    of(words.outPending, '/admin/webhooks', backlog.webhooks.pending),
    of(words.outFailed, '/admin/webhooks', backlog.webhooks.failed),
    of(words.starts, null, backlog.starts),
    of(words.revocations, null, backlog.revocations),
  ].filter(({ count }) => count > 0);
}

function backlogOf(backlog: Backlog, words: OperatorHealthWords, visit: Visit): Html {
  const waiting = waitingOf(backlog, words);
  return html`<section class="card"><h2>${words.backlogTitle}</h2><p class="hint">${words.backlogLead}</p>${
    waiting.length === 0
      ? html`<p>${words.nothingWaits}</p>`
      : table<Waiting>(
          words.backlogTitle,
          [
            {
              heading: words.what,
              cell: ({ what, to }) => (to === null ? what : html`<a href="${to}">${what}</a>`),
            },
            { heading: words.howMany, number: true, cell: ({ count }) => count },
            { heading: words.oldest, cell: ({ oldestAt }) => time(oldestAt, visit) },
          ],
          waiting,
        )
  }</section>`;
}

/** How everything stands, and what waits. */
export const healthPage: OperatorPage = {
  path: PATH,
  async show(visit) {
    const words = operatorHealthWords[visit.language];
    const [answer, backlog] = await Promise.all([visit.api.getHealth(), visit.api.getBacklog()]);
    const health = shown(answer);
    return {
      kind: 'view',
      title: words.title,
      place: 'health',
      body: html`<p class="muted">${words.at(shortTime(health.at, visit))} <a href="${PATH}">${words.refresh}</a></p>
${concerns(health, words)}
${stores(health, words)}
${vendors(health, words, visit)}
${backlog.status === 200 && backlogOf(backlog.body, words, visit)}
${processes(health, words, visit)}
${replicas(health, words, visit)}`,
    };
  },
};
