import type { Evidence, Violation } from '../evidence.ts';

const wasTaken = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

/** A webhook that was answered 2xx is in the inbox, and what it said was passed on. */
export function noWebhookIsLost({ webhooks, inbox }: Evidence): Violation[] {
  const promise = 'no 2xx webhook is missing';
  const known = new Set(inbox.map(({ digest }) => digest));
  const missing = webhooks
    .filter(
      ({ attempts, digests }) => attempts.some(wasTaken) && !digests.some((digest) => known.has(digest)),
    )
    .map(({ vendor, event }) => ({
      promise,
      session: null,
      expected: `${vendor} ${event} kept`,
      seen: 'not there',
    }));
  const waiting = inbox
    .filter(({ status }) => status !== 'done')
    .map(({ source, event, status, reason }) => ({
      promise,
      session: null,
      expected: `${source} ${event} done`,
      seen: `${status}, ${reason ?? 'no reason'}`,
    }));
  return [...missing, ...waiting];
}

/** A vendor goes on sending until it is answered 2xx; here every vendor did get through in the end. */
export function everyWebhookArrives({ webhooks }: Evidence): Violation[] {
  return webhooks
    .filter(({ attempts }) => !attempts.some(wasTaken))
    .map(({ vendor, event, attempts }) => ({
      promise: 'every webhook arrives',
      session: null,
      expected: `${vendor} ${event}: 2xx in the end`,
      seen: attempts.map((status) => status ?? 'no answer').join(', ') || 'not sent',
    }));
}
