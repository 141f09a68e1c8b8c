import { systemClock } from '../../platform/clock.ts';
import { loadLocalConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { readAddresses } from '../stack/addresses.ts';
import type { ReplayPlan } from './options.ts';
import { payloadKeys } from './payload-keys.ts';
import {
  type LoadRun,
  type Run,
  runsOfDirectory,
  runsOfNamespace,
  saveRun,
  visibilityQuery,
} from './runs.ts';
import { wordsOf } from './words.ts';

/** How long Temporal may take to count. */
const ANSWER_MS = 30_000;
/** How long it may take to be there at all. */
const CONNECT_MS = 5000;

/** Where histories come from. */
export interface Source {
  readonly name: string;
  readonly runs: AsyncGenerator<LoadRun, void>;
  /** How many fit, by Temporal's own count; null for a directory. */
  readonly listed: number | null;
  /** What is done with each before it is replayed. */
  readonly onRun: ((run: Run) => Promise<void>) | null;
  close(): Promise<void>;
}

type OfNamespace = Extract<ReplayPlan['source'], { kind: 'namespace' }>;

async function openNamespace(source: OfNamespace, env: Environment): Promise<Source> {
  const local = loadLocalConfig(env);
  const running =
    source.address === null && !env['TEMPORAL_ADDRESS']
      ? readAddresses(local.dataDirectory)?.temporal
      : undefined;
  const settings = temporalSettings({
    ...env,
    ...(running ? { TEMPORAL_ADDRESS: running.address, TEMPORAL_NAMESPACE: running.namespace } : {}),
    ...(source.address === null ? {} : { TEMPORAL_ADDRESS: source.address }),
    ...(source.namespace === null ? {} : { TEMPORAL_NAMESPACE: source.namespace }),
  });
  const connectionOptions = { ...settings.connectionOptions, connectTimeout: CONNECT_MS };
  const temporal = connectClient({ ...settings, connectionOptions }, payloadKeys(env, local));
  const { client, namespace } = temporal;
  const address = settings.connectionOptions.address ?? 'localhost:7233';
  const { saveTo } = source;
  try {
    await temporal.connection.ensureConnected();
    const query = visibilityQuery(source.closedDays, source.query, systemClock());
    const { count } = await client.withDeadline(Date.now() + ANSWER_MS, () => client.workflow.count(query));
    return {
      name: `${namespace} at ${address}`,
      runs: runsOfNamespace(client, query),
      listed: count,
      onRun: saveTo === null ? null : (run) => saveRun(saveTo, run),
      close: () => temporal.close(),
    };
  } catch (error) {
    await temporal.close();
    throw new Error(`Temporal at ${address} does not list the runs of ${namespace}: ${wordsOf(error)}`, {
      cause: error,
    });
  }
}

/** @throws an error for a person when the server cannot be asked. */
export async function openSource(source: ReplayPlan['source'], env: Environment): Promise<Source> {
  if (source.kind === 'namespace') return await openNamespace(source, env);
  return {
    name: source.path,
    runs: runsOfDirectory(source.path),
    listed: null,
    onRun: null,
    close: async () => undefined,
  };
}
