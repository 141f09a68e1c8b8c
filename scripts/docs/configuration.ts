import type { z } from 'zod';
import { developmentDefaults } from '../../platform/config.ts';
import { settingGroups } from '../../platform/settings/groups.ts';
import { settingKinds, settingWords, type SettingWords } from '../../platform/settings/words.ts';

const HEAD = `# Configuration

Every setting is a variable of the environment, or of a file \`.env\` in the working directory; the environment wins, and
an empty variable counts as one that is not set. \`.env.example\` is a file to begin with. This page is written by
\`npm run docs\` from the schemas in \`platform/settings\`.

Both processes read all of it at their start, and stop with every problem at once if something is missing or wrong: a
message names the variable, and never the value. *Used by* says which of the two a variable changes. What production *needs* has no
default. In development a vendor of which nothing is set is played by a twin, whose settings are the defaults shown here;
with a port of its own a twin's address follows it. **Secret** ones belong into a store of secrets.

A *ring of keys* is \`id:base64,id:base64,…\`, newest first, with 32 bytes or more in each key
(\`openssl rand -base64 32\`). An id that begins with the month (\`2026-11:…\`) lets the doctor say when a key is older than
a year. A *list* is separated by commas; without words of its own it is empty. A *port* of 0 takes any free one.
`;

const TAIL = `## What others read

| variable | who reads it |
|---|---|
| \`TEMPORAL_ADDRESS\`, \`TEMPORAL_NAMESPACE\` (\`default\`), \`TEMPORAL_API_KEY\` (secret), \`TEMPORAL_TLS…\`, \`TEMPORAL_PROFILE\`, \`TEMPORAL_CONFIG_FILE\` | Temporal's SDK, for both processes. Without \`TEMPORAL_ADDRESS\` \`npm start\` starts a server. |
| \`TEMPORAL_CLI\`, \`TEMPORAL_TEST_SERVER\` | scripts and tests: executables, where none on \`PATH\` is to be used or none can be fetched |
| \`APISIX_CONTRACT_HOST\`, \`CALCOM_CONTRACT_…\` | \`npm run test:contract\` ([setup.md](setup.md#against-real-accounts)) |
| \`LATCHKEY_TEST_ALL\`, \`LATCHKEY_SEED\`, \`LATCHKEY_WRITE\`, \`LATCHKEY_RECORD\`, \`LATCHKEY_RECORD_TO\` | the tests ([CONTRIBUTING.md](../CONTRIBUTING.md#running-tests)) |
`;

interface Read {
  readonly kind: string;
  readonly fallback: string | undefined;
  readonly optional: boolean;
}

/** What a schema says by itself: through what is optional, has a default or is made into something else. */
function readSchema(schema: z.core.$ZodType): Read {
  const own = settingKinds.get(schema)?.kind;
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  const inner = (): Read => {
    switch (def.type) {
      case 'optional':
        return { ...readSchema(def.innerType), optional: true };
      case 'default':
        return { ...readSchema(def.innerType), fallback: String(def.defaultValue) };
      case 'pipe':
        return readSchema(def.in);
      case 'enum':
        return {
          kind: Object.values(def.entries).map(code).join(', '),
          fallback: undefined,
          optional: false,
        };
      default:
        return { kind: 'text', fallback: undefined, optional: false };
    }
  };
  const read = inner();
  return own === undefined ? read : { ...read, kind: own };
}

const code = (text: string | number): string => `\`${text}\``;

/** One variable as a reader needs to know it. */
export interface SettingFacts extends SettingWords {
  readonly name: string;
  readonly writtenAs: string;
  /** When production cannot do without it; empty: it can. */
  readonly needed: string;
  readonly fallback: string | undefined;
}

/** @throws {Error} when nobody has said what the variable is. */
function factsOf(name: string, schema: z.core.$ZodType): SettingFacts {
  const words = settingWords.get(schema);
  if (words === undefined)
    throw new Error(`${name} has no words: .register(settingWords, …) beside its schema`);
  const { kind, fallback, optional } = readSchema(schema);
  return {
    ...words,
    name,
    writtenAs: words.unit ? `${words.unit}, ${kind.replace('whole number, ', '')}` : kind,
    needed: words.neededWhen ?? (fallback === undefined && !optional ? 'always' : ''),
    fallback,
  };
}

/** Every variable, by the group that it is told of in. */
export const settingFacts = (): readonly (readonly [title: string, readonly SettingFacts[]])[] =>
  settingGroups().map(({ title, shape }) => [
    title,
    Object.entries(shape).map(([name, schema]) => factsOf(name, schema)),
  ]);

function defaultOf(facts: SettingFacts, inDevelopment: string | undefined): string {
  const told = facts.fallback ? code(facts.fallback) : (facts.otherwise ?? '');
  if (!inDevelopment) return told;
  const played = facts.secret ? 'one that locks nothing' : code(inDevelopment);
  return `${told}${told && '; '}in development ${played}`;
}

function row(facts: SettingFacts, inDevelopment: string | undefined): string {
  return [
    code(facts.name),
    `${facts.meaning}${facts.secret ? ' **Secret.**' : ''}`,
    facts.writtenAs,
    facts.needed,
    defaultOf(facts, inDevelopment),
    facts.readBy === 'API and worker' ? 'both' : facts.readBy,
  ]
    .map((cell) => cell.replaceAll('|', '\\|'))
    .join(' | ');
}

/** The reference of all variables, for docs/configuration.md. */
export function configurationPage(): string {
  const development = developmentDefaults({});
  const sections = settingFacts().map(([title, all]) =>
    [
      `## ${title}`,
      '',
      '| variable | meaning | written as | needed | default | used by |',
      '|---|---|---|---|---|---|',
      ...all.map((facts) => `| ${row(facts, development[facts.name])} |`),
      '',
    ].join('\n'),
  );
  return [HEAD, ...sections, TAIL].join('\n');
}
