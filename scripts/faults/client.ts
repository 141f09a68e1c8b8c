import { randomUUID } from 'node:crypto';
import { createVisitor, type Visit, type Visitor } from '../demo/visitor.ts';
import { observe } from '../demo/observe.ts';
import type { Sandboxes } from './system.ts';

/** How long anything may take while processes die and come back, before the story is stuck. */
export const PATIENCE_MS = 150_000;

/** A client with the link of one session, at the gateway. Each request is repeated until somebody answers. */
export interface Client {
  readonly page: string;
  readonly visitor: Visitor;
  /** The page's HTML, or null when the session is over. */
  look(): Promise<string | null>;
  /** Presses a button of the page. `over`: there is no such session any more. */
  press(
    action: 'cancel' | 'reschedule',
  ): Promise<{ readonly outcome: 'accepted' | 'refused' | 'over'; readonly html: string }>;
}

const LINK = /https?:\/\/[^"'<>\s]+\/customer\/s\/[^"'<>\s]+\?token=[^"'<>\s]+/;

/** The first match in a page, as an address. */
export function addressIn(html: string, pattern: RegExp): string | undefined {
  return pattern.exec(html)?.[0]?.replaceAll('&amp;', '&');
}

/** The link that the session's ticket mailed, or undefined while there is none. */
function mailedLink({ zammad }: Sandboxes, sessionKey: string): string | undefined {
  const tickets = new Set(
    zammad
      .tickets()
      .filter(({ sessionId }) => sessionId === sessionKey)
      .map(({ id }) => id),
  );
  const body = zammad
    .mails()
    .filter(({ ticketId }) => tickets.has(ticketId))
    .map((mail) => mail.body)
    .join('\n');
  return addressIn(body, LINK);
}

const answered = (visit: Visit | undefined): visit is Visit =>
  visit !== undefined && visit.status < 500 && visit.status !== 202 && visit.status !== 429;

async function sent(request: Promise<Visit>): Promise<Visit | undefined> {
  const visit = await request.catch(() => undefined);
  return answered(visit) ? visit : undefined;
}

/** Waits for the mail with the link, and opens it. */
export async function openSession(sandboxes: Sandboxes, sessionKey: string): Promise<Client> {
  const link = await observe('the mail with the link', PATIENCE_MS, () =>
    Promise.resolve(mailedLink(sandboxes, sessionKey)),
  );
  const visitor = createVisitor();
  const page = link.split('?')[0] ?? link;
  const { status } = await observe('the cookie for the link', PATIENCE_MS, async () => {
    const visit = await sent(visitor.get(link));
    return visit?.status === 303 || visit?.status === 410 ? visit : undefined;
  });
  // It was over before its client came, who got no cookie either.
  if (status === 410)
    return {
      page,
      visitor,
      look: () => Promise.resolve(null),
      press: () => Promise.resolve({ outcome: 'over', html: '' }),
    };
  return {
    page,
    visitor,
    look: () =>
      observe('the session’s page', PATIENCE_MS, async () => {
        const visit = await sent(visitor.get(page));
        if (visit?.status === 200) return visit.html;
        return visit?.status === 410 ? null : undefined;
      }),
    async press(action) {
      const key = randomUUID();
      const visit = await observe(`an answer to ${action}`, PATIENCE_MS, async () => {
        const answer = await sent(visitor.post(`${page}/${action}`, page, key));
        return answer && [200, 303, 409, 410].includes(answer.status) ? answer : undefined;
      });
      const outcome = visit.status < 400 ? 'accepted' : visit.status === 409 ? 'refused' : 'over';
      return { outcome, html: visit.html };
    },
  };
}
