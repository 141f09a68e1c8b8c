import type { Check } from '../../integrations/setup/check.ts';
import {
  countPollers,
  LEAST_RETENTION_MS,
  lookAtSearchAttributes,
  readNamespace,
} from '../../platform/temporal-setup.ts';
import { TASK_QUEUE, type TemporalClient } from '../../platform/temporal.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PROVISION = 'Run `npm run provision -- --only temporal`.';

export function temporalChecks({ connection, namespace }: TemporalClient): readonly Check[] {
  return [
    {
      name: 'temporal-answers',
      subject: 'Temporal answers, and takes our credential',
      remedy: 'Check `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY` and `TEMPORAL_TLS…`.',
      after: [],
      async look() {
        const { serverVersion } = await connection.workflowService.getSystemInfo({});
        return { status: 'ok', message: `Temporal ${serverVersion}`.trim() };
      },
    },
    {
      name: 'temporal-namespace',
      subject: 'The namespace is there',
      remedy: `${PROVISION} In Temporal Cloud make it in the console, and put its full name into \`TEMPORAL_NAMESPACE\`.`,
      after: ['temporal-answers'],
      async look() {
        return (await readNamespace(connection, namespace)) === undefined
          ? { status: 'failed', message: `There is no namespace ${namespace}` }
          : { status: 'ok', message: `The namespace ${namespace} is there` };
      },
    },
    {
      name: 'temporal-retention',
      subject: 'The namespace keeps closed runs for a week or longer',
      remedy: PROVISION,
      after: ['temporal-namespace'],
      async look() {
        const retentionMs = (await readNamespace(connection, namespace))?.retentionMs ?? 0;
        const days = retentionMs / DAY_MS;
        const message = `Closed runs are kept for ${days} ${days === 1 ? 'day' : 'days'}`;
        return { status: retentionMs >= LEAST_RETENTION_MS ? 'ok' : 'warning', message };
      },
    },
    {
      name: 'temporal-search-attributes',
      subject: 'Our search attributes are registered, of their types',
      remedy: PROVISION,
      after: ['temporal-namespace'],
      async look() {
        const { missing, ofOtherType } = await lookAtSearchAttributes(connection, namespace);
        if (ofOtherType.length > 0)
          return {
            status: 'failed',
            message: `Of another type than ours: ${ofOtherType.join(', ')}`,
            remedy: 'Rename or remove them at Temporal (its operators can), or use another namespace.',
          };
        return missing.length === 0
          ? { status: 'ok', message: 'Our search attributes are registered' }
          : { status: 'failed', message: `Not registered: ${missing.join(', ')}` };
      },
    },
    {
      name: 'temporal-worker',
      subject: 'A worker takes tasks from our task queue',
      remedy: 'Start a worker (`npm run start:worker`): until one runs, sessions wait.',
      after: ['temporal-namespace'],
      async look() {
        const pollers = await countPollers(connection, namespace, TASK_QUEUE);
        return pollers > 0
          ? { status: 'ok', message: `Workers that take tasks: ${pollers}` }
          : { status: 'warning', message: 'No worker takes tasks' };
      },
    },
  ];
}
