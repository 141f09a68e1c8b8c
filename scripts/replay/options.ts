import { type ScriptDefinition, wholeOption } from '../arguments.ts';

export type ReplayOption =
  | 'address'
  | 'namespace'
  | 'closed-days'
  | 'query'
  | 'limit'
  | 'concurrency'
  | 'save'
  | 'from'
  | 'allow-empty';

export const definition: ScriptDefinition<ReplayOption> = {
  command: 'npm run replay',
  summary:
    'Checks this build against the histories of a live namespace, before it is deployed: replays every open run of ' +
    'ours and tells which would do something else than they did.\nTemporal is found by the variables of its SDK ' +
    '(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, …), the key by PAYLOAD_KEYS; where they are not set, ' +
    'by the stack that `npm start` runs here.\nExits 0 when all replay, 1 when one does not, 2 when nothing was checked.',
  options: {
    address: { type: 'string', help: 'host:port of Temporal, before TEMPORAL_ADDRESS.' },
    namespace: { type: 'string', help: 'Before TEMPORAL_NAMESPACE.' },
    'closed-days': { type: 'string', help: 'Also the runs that closed in this many days. Default: none.' },
    query: { type: 'string', help: "Only the runs that also fit, as in Temporal UI: RulesVersion = '1'." },
    limit: { type: 'string', help: 'At most this many runs, the newest first. Default: all.' },
    concurrency: { type: 'string', help: 'How many are downloaded and replayed at a time. Default 4.' },
    save: { type: 'string', help: 'Keeps each history as JSON in this directory, encrypted as it is.' },
    from: { type: 'string', help: 'Replays the histories of this directory instead; asks no server.' },
    'allow-empty': { type: 'boolean', help: 'No run at all is a success.' },
  },
};

type Values = Readonly<Partial<Record<ReplayOption, string | boolean>>>;

export interface ReplayPlan {
  readonly source:
    | {
        readonly kind: 'namespace';
        readonly address: string | null;
        readonly namespace: string | null;
        readonly closedDays: number;
        readonly query: string | null;
        readonly saveTo: string | null;
      }
    | { readonly kind: 'directory'; readonly path: string };
  /** Null: all. */
  readonly limit: number | null;
  readonly concurrency: number;
  readonly allowEmpty: boolean;
}

const DEFAULT_CONCURRENCY = 4;
/** What `--from` has no use for. */
const OF_NAMESPACES = ['address', 'namespace', 'closed-days', 'query', 'save'] as const;

const textOf = (values: Values, name: ReplayOption): string | null => {
  const value = values[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** @returns what to do, or everything that is wrong with what was asked for. */
export function readPlan(values: Values): ReplayPlan | readonly string[] {
  const problems: string[] = [];
  const whole = (name: 'limit' | 'concurrency' | 'closed-days', otherwise: number): number => {
    const read = wholeOption(name, values[name], otherwise);
    if (typeof read === 'number') return read;
    problems.push(read);
    return otherwise;
  };
  const limit = whole('limit', 0);
  const concurrency = whole('concurrency', DEFAULT_CONCURRENCY);
  const closedDays = whole('closed-days', 0);
  const path = textOf(values, 'from');
  for (const name of OF_NAMESPACES)
    if (path !== null && values[name] !== undefined)
      problems.push(`--${name} asks a server, and --from asks none`);
  for (const name of ['from', 'save', 'query', 'address', 'namespace'] as const)
    if (values[name] !== undefined && textOf(values, name) === null) problems.push(`--${name} is empty`);
  if (problems.length > 0) return [...problems, `See ${definition.command} -- --help.`];
  return {
    source:
      path === null
        ? {
            kind: 'namespace',
            address: textOf(values, 'address'),
            namespace: textOf(values, 'namespace'),
            closedDays,
            query: textOf(values, 'query'),
            saveTo: textOf(values, 'save'),
          }
        : { kind: 'directory', path },
    limit: limit === 0 ? null : limit,
    concurrency,
    allowEmpty: values['allow-empty'] === true,
  };
}
