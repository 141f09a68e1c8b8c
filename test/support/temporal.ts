import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../platform/search-attributes.ts';
import { testDataConverter } from './payload-keys.ts';

const { IndexedValueType } = temporal.api.enums.v1;
const TYPES = {
  Keyword: { indexed: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, key: SearchAttributeType.KEYWORD },
  Datetime: { indexed: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, key: SearchAttributeType.DATETIME },
} as const;

/** Workflow code runs beside the test: a thread of its own costs several times what one life or replay does. */
export const ON_THIS_THREAD = { debugMode: true } as const;

let quiet = false;

/** The SDK's core warns about the test server's age and more; only errors are worth a line in a test run. */
export function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
    shutdownSignals: [],
  });
}

/** @throws when the global setup could not get the binary, with all that it tried. */
function binary(variable: string): string {
  const path = process.env[variable];
  if (!path)
    throw new Error(process.env[`${variable}_PROBLEM`] ?? `${variable} was not set by the global setup`);
  return path;
}

/** The Temporal CLI of this test run. */
export const temporalCli = (): string => binary('LATCHKEY_TEST_TEMPORAL_CLI');

/** The time-skipping test server of this test run. */
export const temporalTestServer = (): string => binary('LATCHKEY_TEST_TEMPORAL_TEST_SERVER');

/**
 * A server that skips time whenever nothing is due; it can neither list workflows nor keep schedules. Its client
 * encrypts: a worker needs `testDataConverter`.
 */
export async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    client: { dataConverter: testDataConverter },
    server: { executable: { type: 'existing-path', path: temporalTestServer() } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type].indexed]),
    ),
  });
  return env;
}

/** A whole Temporal server in memory, in real time; for its workers the same holds. */
export async function devServer(): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const searchAttributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) =>
    defineSearchAttributeKey(name, TYPES[type].key),
  );
  return TestWorkflowEnvironment.createLocal({
    client: { dataConverter: testDataConverter },
    server: {
      executable: { type: 'existing-path', path: temporalCli() },
      searchAttributes,
      log: { format: 'pretty', level: 'error' },
    },
  });
}
