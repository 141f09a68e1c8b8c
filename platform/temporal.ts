import { Client, Connection, isGrpcServiceError, type ConnectionLike } from '@temporalio/client';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import proto, { type temporal } from '@temporalio/proto';
import type { Environment } from './environment.ts';
import type { KeyRing } from './keys.ts';
import { type Patience, persist } from './patience.ts';
import { createDataConverter } from './payload-codec/data-converter.ts';
import { traceTemporalCalls } from './tracing/temporal-client.ts';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

/** The one task queue of sessions. */
export const TASK_QUEUE = 'latchkey';

const { IndexedValueType } = proto.temporal.api.enums.v1;
/** Our types of search attributes, as the API writes them. */
export const INDEXED = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

// gRPC status codes, as the specification numbers them.
export const INVALID_ARGUMENT = 3;
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

/** What a server answers that does not let us look or does not know the call (Temporal Cloud). */
export const REFUSED: ReadonlySet<number> = new Set([PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED]);

/** The status of a gRPC failure; undefined for another error. */
export function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  // The native connection wraps the same error once more.
  return typeof error === 'object' && error !== null && 'cause' in error ? grpcCode(error.cause) : undefined;
}

export interface TemporalSettings {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  readonly namespace: string;
}

/**
 * Where Temporal is, by the SDK's own environment configuration (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, `TEMPORAL_PROFILE`, a TOML file).
 */
export function temporalSettings(env: Environment): TemporalSettings {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) set[name] = value;
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: set });
  return { connectionOptions, namespace: namespace ?? 'default' };
}

/** gRPC waits up to two minutes before it looks again for a server that was away long; webhooks wait with it. */
const LONGEST_RECONNECT_WAIT_MS = 5000;

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * A client that connects with its first call, so that the API starts, and takes payments in, without Temporal.
 *
 * @param payloadKeys those of the workers: what is sent is encrypted with the newest.
 */
export function connectClient(settings: TemporalSettings, payloadKeys: KeyRing): TemporalClient {
  const connection = Connection.lazy({
    ...settings.connectionOptions,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_WAIT_MS },
  });
  return {
    client: new Client({
      connection,
      namespace: settings.namespace,
      dataConverter: createDataConverter(payloadKeys),
      interceptors: { workflow: [traceTemporalCalls()] },
    }),
    connection,
    namespace: settings.namespace,
    close: () => connection.close(),
  };
}

/**
 * Waits until the namespace is there: a new server answers before it has made it.
 *
 * @throws what the server said last.
 */
export async function awaitNamespace(
  connection: ConnectionLike,
  namespace: string,
  patience: Patience,
): Promise<void> {
  await persist(
    () => connection.workflowService.describeNamespace({ namespace }),
    patience,
    (error) => [PERMISSION_DENIED, UNAUTHENTICATED].includes(grpcCode(error) ?? -1),
  );
}

export interface SearchAttributesState {
  /** The names that this call registered. */
  readonly added: readonly string[];
  /** False where the server does not let us look (Temporal Cloud): an operator registers them there. */
  readonly known: boolean;
}

type OperatorConnection = ConnectionLike & Pick<Connection, 'operatorService'>;

/** A query that names each attribute fails until the server's caches know all of them. */
async function awaitQueryable(
  connection: ConnectionLike,
  namespace: string,
  patience: Patience,
): Promise<void> {
  const query = Object.keys(SEARCH_ATTRIBUTES)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  await persist(
    () => connection.workflowService.countWorkflowExecutions({ namespace, query }),
    patience,
    (error) => ![INVALID_ARGUMENT, NOT_FOUND].includes(grpcCode(error) ?? -1),
  );
}

/**
 * Registers our search attributes and waits until they can be used: a start that names an unknown one fails. Call
 * before a worker polls. Safe when several processes do it at once.
 *
 * @throws when an attribute is there with another type, or when the server cannot be reached.
 */
export async function ensureSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
  patience: Patience = { totalMs: 90_000 },
): Promise<SearchAttributesState> {
  let present: Readonly<Record<string, unknown>>;
  try {
    present = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  } catch (error) {
    if (REFUSED.has(grpcCode(error) ?? -1)) return { added: [], known: false };
    throw error;
  }
  const missing: Record<string, temporal.api.enums.v1.IndexedValueType> = {};
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    if (present[name] === undefined) missing[name] = INDEXED[type];
    else if (present[name] !== INDEXED[type])
      throw new Error(`The search attribute ${name} of namespace ${namespace} is not of type ${type}`);
  }
  const added = Object.keys(missing);
  if (added.length > 0) {
    try {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
    } catch (error) {
      // Another process was quicker.
      if (grpcCode(error) !== ALREADY_EXISTS) throw error;
    }
  }
  try {
    await awaitQueryable(connection, namespace, patience);
  } catch (error) {
    if (grpcCode(error) !== UNIMPLEMENTED) throw error;
  }
  return { added, known: true };
}
