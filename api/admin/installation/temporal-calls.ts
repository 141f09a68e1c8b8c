import type { Client } from '@temporalio/client';
import { CodedFailure } from '../../../platform/failures.ts';
import { within } from '../../../platform/within.ts';
import { engineFailure } from '../../sessions/start.ts';

const DEADLINE_MS = 3000;

/** Questions to Temporal that a person waits for. */
export interface TemporalCalls {
  /** @throws {CodedFailure} `engine-unavailable` when nobody answered in time. */
  ask<T>(question: (client: Client) => Promise<T>): Promise<T>;
  /** Resolves when no call is under way, given-up ones included. Only then may the connection be closed. */
  settled(): Promise<void>;
}

/** The client is asked for at each call, so that the API answers while Temporal is away. */
export function createTemporalCalls(connect: () => Promise<Client>): TemporalCalls {
  const underWay = new Set<Promise<unknown>>();
  return {
    async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
      const asked = (async (): Promise<T> => {
        try {
          const client = await connect();
          return await client.withDeadline(Date.now() + DEADLINE_MS, () => question(client));
        } catch (error) {
          throw engineFailure(error);
        }
      })();
      const tracked = asked.catch(() => undefined).finally(() => underWay.delete(tracked));
      underWay.add(tracked);
      const answer = await within<{ readonly value: T } | null>(
        DEADLINE_MS,
        asked.then((value): { readonly value: T } => ({ value })),
        () => null,
      );
      if (answer === null) throw new CodedFailure('engine-unavailable', 'Temporal did not answer in time');
      return answer.value;
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
