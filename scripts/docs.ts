import { runScript } from './arguments.ts';
import { staleFiles, writeFiles } from './docs/files.ts';

await runScript(
  {
    command: 'npm run docs',
    summary:
      'Writes what is made from the code: docs/openapi.json, the Postman collection and its local environment, the types ' +
      "of the TypeScript client; the pages of the doctor's checks, the configuration, the codes of failures and the " +
      'metrics; the picture of the rooms in docs/architecture.md.',
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
