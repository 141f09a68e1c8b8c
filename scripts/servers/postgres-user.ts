import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How PostgreSQL, which refuses to run as root, is run. */
export interface PostgresUser {
  /** Commands put before PostgreSQL's own. */
  readonly prefix: readonly string[];
  /** Set when its files must belong to another user than ours. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** initdb looks its user up by number, so it must be one that the system knows; `nobody` stands everywhere. */
function knownUser(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const users = lines.map((line) => line.split(':'));
  const known =
    users.find(([name]) => name === 'nobody') ?? users.find(([, , uid]) => uid !== undefined && uid !== '0');
  return { uid: Number(known?.[2] ?? 65534), gid: Number(known?.[3] ?? 65534) };
}

/**
 * For root: a user namespace in which root looks like somebody else, so that no file changes hands; where those
 * are forbidden, as in many containers, the unprivileged user itself.
 *
 * @throws when PostgreSQL cannot be run as anyone but root.
 */
export function postgresUser(postgres: string): PostgresUser {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const problems: string[] = [];
  if (process.platform === 'linux') {
    const owner = knownUser();
    const namespace = ['unshare', '--user', `--map-user=${owner.uid}`, `--map-group=${owner.gid}`, '--'];
    const asUser = ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'];
    // Else that user could not come to a checkout below root's closed home.
    const passing = [
      'setpriv',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      ...asUser.slice(1),
    ];
    for (const candidate of [
      { prefix: namespace },
      { prefix: passing, owner },
      { prefix: asUser, owner },
    ] satisfies PostgresUser[]) {
      const [command, ...args] = candidate.prefix;
      const { status, stderr, error } = spawnSync(command ?? '', [...args, postgres, '--version'], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      if (status === 0) return candidate;
      problems.push(`  - ${command}: ${(error?.message ?? stderr ?? '').trim().slice(0, 200)}`);
    }
  }
  throw new Error(
    [
      'PostgreSQL does not run as root, and nothing here lets us run it as somebody else:',
      ...problems,
      'Start as another user, or set DATABASE_URL to a running PostgreSQL.',
    ].join('\n'),
  );
}
