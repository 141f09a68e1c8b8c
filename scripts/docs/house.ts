import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectRoot } from '../../platform/data-directory.ts';

/** Every folder at the top, and what belongs there. */
const ROOMS: Readonly<Record<string, string>> = {
  workflows:
    'what happens to a session, and when. `contract/` types and names, `policy/` the rules as plain functions, the other rooms the durable shells',
  activities: 'the effects that a workflow may cause, one file per purpose',
  api: 'webhooks in, forward-auth, login, the pages of clients and operators, the booking APIs, the admin API, their documentation, the codec for Temporal UI',
  worker: 'the process that runs workflows and activities',
  integrations:
    'one room per vendor: client, wire schema, webhook verification, sandbox twin; receivers of our webhooks; the client of our own API',
  db: 'table types, migrations, named queries, and `events/`: which events a written change makes',
  platform:
    "configuration, logging, keys, tokens, Temporal's connection and payload codec, HTTP client, vendors' pace",
  scripts: 'what a person runs',
  test: 'tests, by what is proven',
  deploy: 'configuration of what runs beside us in `docker-compose.yml`',
  docs: 'what you read',
};

/** Folders that are made, not written. */
const MADE: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage']);

/** The rooms with our code, the highest first. */
const HOUSE = ['scripts', 'worker', 'api', 'activities', 'integrations', 'db', 'platform'] as const;

interface LintRules {
  readonly overrides: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, unknown>>;
  }[];
}

/** @throws {Error} when a folder has no words, or words have no folder. */
function rooms(): readonly string[] {
  const there = readdirSync(projectRoot(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !MADE.has(entry.name))
    .map(({ name }) => name);
  const told = Object.keys(ROOMS);
  const hasCode = (name: string): boolean =>
    readdirSync(join(projectRoot(), name), { encoding: 'utf8' }).some((file) => file.endsWith('.ts'));
  const odd = [
    // A folder that somebody keeps beside the project is none of its rooms.
    ...there.filter((name) => !told.includes(name) && hasCode(name)),
    ...told.filter((name) => !there.includes(name)),
  ];
  if (odd.length > 0) throw new Error(`scripts/docs/house.ts and the folders differ: ${odd.join(', ')}`);
  return told;
}

/** Which other rooms the code of a room imports; `workflows/contract` is the door of `workflows`. */
function importsOf(room: string): ReadonlySet<string> {
  const found = new Set<string>();
  const root = join(projectRoot(), room);
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, from = ''] of text.matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)'/gms)) {
      const [to = '', door = ''] = posix
        .join(room, posix.dirname(file.replaceAll('\\', '/')), from)
        .split('/');
      if (to !== room) found.add(to === 'workflows' ? `workflows/${door}` : to);
    }
  }
  return found;
}

/** What is drawn of them: not what follows from another line. */
function reduced(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reaches = (from: string, to: string): boolean =>
    [...(graph.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...graph].flatMap(([from, all]) =>
    [...all]
      .filter((to) => ![...all].some((other) => other !== to && reaches(other, to)))
      .map((to) => `  ${from} --> ${to}`),
  );
}

function picture(): string {
  const graph = new Map(
    HOUSE.map((room) => [
      room,
      new Set([...importsOf(room)].filter((to) => HOUSE.some((one) => one === to && one !== room))),
    ]),
  );
  return [
    '```mermaid',
    'flowchart TD',
    ...reduced(graph),
    '  platform -. types and names .-> contract',
    '  worker == bundles ==> shells',
    '  subgraph workflows',
    '    shells[session, booking, webhook, erasure, housekeeping] --> policy',
    '    shells --> contract',
    '    policy --> contract',
    '  end',
    '```',
  ].join('\n');
}

/** The rooms whose imports lint refuses to the files of a room. */
function refusedTo(room: string, lint: LintRules): string[] {
  const refused = lint.overrides
    .filter(({ files }) => files.includes(`${room}/**`))
    .flatMap(
      ({ rules }) =>
        JSON.stringify(rules['no-restricted-imports'] ?? '').match(/(?<="(?:\.\.\/)+)\w+/g) ?? [],
    );
  return [...new Set(refused)].filter((one) => one in ROOMS);
}

function table(): string {
  const lint = JSON.parse(readFileSync(join(projectRoot(), '.oxlintrc.json'), 'utf8')) as LintRules;
  const lines = rooms().map((room) => {
    const refused = refusedTo(room, lint).map((one) => `\`${one}\``);
    return `| \`${room}/\` | ${ROOMS[room]} | ${refused.join(', ')} |`;
  });
  return ['| room | what belongs there | lint refuses imports of |', '|---|---|---|', ...lines].join('\n');
}

/** The rooms, what they import and what they must not, for docs/architecture.md. */
export function houseDrawing(): string {
  return [picture(), '', table()].join('\n');
}

/** A page whose part between `<!-- name -->` and `<!-- /name -->` is made. */
export function withPart(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no part ${name} in the page`);
  return `${page.slice(0, from + begin.length)}\n${part}\n\n${page.slice(to)}`;
}
