import { z } from 'zod';
import { port, text, wholeNumber } from '../config-values.ts';
import { settingWords } from './words.ts';

export const workerSettings = () => ({
  WORKER_HEALTH_PORT: port(3003).register(settingWords, {
    meaning: "The listener of the worker's health.",
    readBy: 'worker',
  }),
  WORKER_HEALTH_HOST: z
    .string()
    .default('127.0.0.1')
    .register(settingWords, { meaning: 'The address that it listens at.', readBy: 'worker' }),
  WORKER_METRICS_PORT: port(9464).register(settingWords, {
    meaning: "The listener of the worker's metrics.",
    readBy: 'worker',
  }),
  WORKER_METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .register(settingWords, { meaning: 'The address that it listens at.', readBy: 'worker' }),
  WORKER_WORKFLOW_TASK_SLOTS: wholeNumber(40, 2, 10_000).register(settingWords, {
    meaning: 'So many workflow tasks run at once.',
    readBy: 'worker',
    unit: 'tasks',
  }),
  WORKER_ACTIVITY_SLOTS: wholeNumber(100, 1, 10_000).register(settingWords, {
    meaning: 'So many activities run at once; one vendor takes a fifth of them at most.',
    readBy: 'worker',
    unit: 'activities',
  }),
  WORKER_CACHED_WORKFLOWS: wholeNumber(500, 1, 100_000).register(settingWords, {
    meaning: 'So many runs stay in memory, about 350 KB each; others are replayed when they wake.',
    readBy: 'worker',
    unit: 'runs',
  }),
  WORKER_SHUTDOWN_GRACE_SECONDS: wholeNumber(10, 0, 3600).register(settingWords, {
    meaning: 'So long activities under way may finish after SIGTERM.',
    readBy: 'worker',
    unit: 'seconds',
  }),
  WORKER_DEPLOYMENT_NAME: text('the name of the Worker Deployment').optional().register(settingWords, {
    meaning: 'The name of the Worker Deployment.',
    readBy: 'worker',
    neededWhen: 'with `WORKER_BUILD_ID`',
    otherwise: 'workers are not versioned',
  }),
  WORKER_BUILD_ID: text('the build that this worker runs').optional().register(settingWords, {
    meaning: 'The build that this worker runs, such as a commit.',
    readBy: 'worker',
    neededWhen: 'with `WORKER_DEPLOYMENT_NAME`',
  }),
});
