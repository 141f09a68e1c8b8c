import { createHash } from 'node:crypto';
import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowClient,
  type WorkflowClientOptions,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  GATE_QUERY,
  type GateQuery,
  SESSION_QUERY,
  type SessionQuery,
  type SessionUpdates,
  type Verdict,
} from '../../workflows/contract/messages.ts';
import type { Gate, SessionView } from '../../workflows/contract/session.ts';
import type { BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { within } from '../../platform/within.ts';

/** Why Temporal gave no answer, sorted by what may be concluded from it. */
export type EngineSilence =
  /** There is no such run: never started, or past its retention. */
  | { readonly kind: 'not-found' }
  /** The run was terminated, cancelled or failed: closed. */
  | { readonly kind: 'ended-uncleanly' }
  /** Nothing may be concluded: no server, no worker in time, a failing task. */
  | { readonly kind: 'unavailable'; readonly why: string };

export type EngineAnswer<T> = { readonly kind: 'answer'; readonly value: T } | EngineSilence;

export type UpdateAnswer =
  | { readonly kind: 'answer'; readonly verdict: Verdict }
  /** No such run, or it has returned. */
  | { readonly kind: 'not-found' }
  /** The request may or may not have been carried out; the same update id gets its answer. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** What the API asks of running sessions. Every call has a deadline and none throws. */
export interface SessionEngine {
  gate(key: SessionKey): Promise<EngineAnswer<Gate>>;
  view(key: SessionKey): Promise<EngineAnswer<SessionView>>;
  /** @param by who asks, as the run's history keeps it: never personal data. Left out: this process. */
  update<Name extends keyof SessionUpdates>(
    key: SessionKey,
    name: Name,
    argument: SessionUpdates[Name],
    updateId: string,
    by?: string,
  ): Promise<UpdateAnswer>;
  /** Whether the server answers. */
  reachable(): Promise<boolean>;
  /**
   * Resolves when no call is under way, given-up ones included. Only then may the connection be closed: the SDK's
   * repeat of a call on a closed one throws out of a timer and ends the process.
   */
  settled(): Promise<void>;
}

export interface EngineSettings {
  /** Per query, in milliseconds. Without a worker a query would hang for half a minute. */
  readonly queryDeadlineMs: number;
  readonly updateDeadlineMs: number;
}

export const engineSettings: EngineSettings = { queryDeadlineMs: 1000, updateDeadlineMs: 10_000 };

/**
 * An Update's id for a caller's idempotency key: a repeat with the same key gets the first answer instead of a
 * second act.
 */
export function updateIdOf(key: SessionKey | BookingKey, action: string, idempotencyKey: string): string {
  return createHash('sha256').update(`${key}|${action}|${idempotencyKey}`).digest('base64url');
}

function silenceOf(error: unknown): EngineSilence {
  if (error instanceof QueryRejectedError) return { kind: 'ended-uncleanly' };
  if (error instanceof WorkflowNotFoundError) return { kind: 'not-found' };
  return { kind: 'unavailable', why: whyOf(error) };
}

function silenceOfUpdate(error: unknown): UpdateAnswer {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'unknown' };
  // A run that returned meanwhile fails the Updates that it had not finished.
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError)
    return { kind: 'not-found' };
  return { kind: 'unavailable', why: whyOf(error) };
}

function whyOf(error: unknown): string {
  if (error instanceof QueryNotRegisteredError) return 'query failed';
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? `${error.name}: ${error.cause.name}` : error.name;
}

/** Those of the client that is asked in another way. */
function interceptorsOf(client: Client): Pick<WorkflowClientOptions, 'interceptors'> {
  const { interceptors } = client.workflow.options;
  return interceptors === undefined ? {} : { interceptors };
}

/** The same connection, asked in another way. */
function workflowsOf(
  client: Client,
  otherwise: Pick<WorkflowClientOptions, 'queryRejectCondition' | 'identity'>,
): WorkflowClient {
  return new WorkflowClient({
    connection: client.connection,
    namespace: client.options.namespace,
    dataConverter: client.options.dataConverter,
    ...interceptorsOf(client),
    ...otherwise,
  });
}

/** A terminated run would answer with the gate it died with, so here its rejected query is an answer: closed. */
const queriesOf = (client: Client): WorkflowClient =>
  workflowsOf(client, { queryRejectCondition: 'NOT_COMPLETED_CLEANLY' });

/**
 * Sessions as Temporal holds them. The client is asked for at each call, so that the API starts and answers from
 * its records while Temporal is away. A deadline also covers the time it takes to connect.
 */
export function createTemporalEngine(
  connect: () => Promise<Client>,
  settings: EngineSettings = engineSettings,
): SessionEngine {
  const prepared = new WeakMap<Client, WorkflowClient>();
  const underWay = new Set<Promise<unknown>>();

  function answerWithin<T>(ms: number, call: () => Promise<T>, otherwise: () => T): Promise<T> {
    const running = call().finally(() => underWay.delete(running));
    underWay.add(running);
    return within(ms, running, otherwise);
  }

  async function ask<T>(key: SessionKey, name: string): Promise<EngineAnswer<T>> {
    const query = async (): Promise<EngineAnswer<T>> => {
      try {
        const client = await connect();
        const queries = prepared.get(client) ?? queriesOf(client);
        prepared.set(client, queries);
        const value = await client.withDeadline(Date.now() + settings.queryDeadlineMs, () =>
          queries.getHandle(sessionWorkflowId(key)).query<T>(name),
        );
        return { kind: 'answer', value };
      } catch (error) {
        return silenceOf(error);
      }
    };
    return answerWithin(settings.queryDeadlineMs, query, () => ({ kind: 'unavailable', why: 'deadline' }));
  }

  return {
    gate: (key) => ask<ReturnType<GateQuery>>(key, GATE_QUERY),
    view: (key) => ask<ReturnType<SessionQuery>>(key, SESSION_QUERY),
    async update(key, name, argument, updateId, by) {
      const update = async (): Promise<UpdateAnswer> => {
        try {
          const client = await connect();
          const workflows = by === undefined ? client.workflow : workflowsOf(client, { identity: by });
          const verdict = await client.withDeadline(Date.now() + settings.updateDeadlineMs, () =>
            workflows
              .getHandle(sessionWorkflowId(key))
              .executeUpdate<Verdict, [typeof argument]>(name, { args: [argument], updateId }),
          );
          return { kind: 'answer', verdict };
        } catch (error) {
          return silenceOfUpdate(error);
        }
      };
      return answerWithin(settings.updateDeadlineMs + 500, update, () => ({ kind: 'unknown' }));
    },
    async reachable() {
      const look = async (): Promise<boolean> => {
        try {
          const client = await connect();
          await client.withDeadline(Date.now() + settings.queryDeadlineMs, () =>
            client.workflowService.getSystemInfo({}),
          );
          return true;
        } catch {
          return false;
        }
      };
      return answerWithin(settings.queryDeadlineMs, look, () => false);
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
