import { loadLocalConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { runScript } from './arguments.ts';
import { resetDataDirectory } from './servers/reset-data.ts';

await runScript(
  {
    command: 'npm run reset',
    summary:
      'Deletes the data of the local stack: its PostgreSQL, its Temporal histories and its secrets. Set ' +
      'LATCHKEY_DATA for another directory than .latchkey. Refuses while a stack runs there.',
  },
  async () => {
    const { dataDirectory } = loadLocalConfig(environment());
    const removed = resetDataDirectory(dataDirectory);
    return {
      ok: true,
      lines: [removed ? `Deleted ${dataDirectory}.` : `There is no ${dataDirectory}.`],
      json: { ok: true, directory: dataDirectory, removed },
    };
  },
);
