import { runScript } from './arguments.ts';
import { staleFiles, writeFiles } from './docs/files.ts';

await runScript(
  {
    command: 'npm run docs',
    summary:
      'Writes what is made from the descriptions of the operations: docs/openapi.json, the Postman collection and ' +
      "its local environment, and the types of the TypeScript client; the tables of the doctor's checks and of the metrics; the reference " +
      'of the configuration; the picture of the rooms in docs/architecture.md.',
    options: { check: { type: 'boolean', help: 'Write nothing; fail when one of them is not current.' } },
  },
  async ({ check }) => {
    const stale = staleFiles();
    const paths = stale.map(({ path }) => path);
    if (check !== true) writeFiles(stale);
    const done = check === true ? 'is not current: run `npm run docs`' : 'written';
    return {
      ok: check !== true || stale.length === 0,
      lines: stale.length === 0 ? ['Everything is current.'] : paths.map((path) => `${path}: ${done}`),
      json: { ok: check !== true || stale.length === 0, stale: paths },
    };
  },
);
