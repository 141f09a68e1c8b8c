import { parseArgs } from 'node:util';

export interface ScriptOption {
  readonly type: 'boolean' | 'string';
  /** One line for `--help`. */
  readonly help: string;
}

export interface ScriptDefinition<Name extends string> {
  /** As a person calls it, such as `npm run reset`. */
  readonly command: string;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  readonly options?: Readonly<Record<Name, ScriptOption>>;
}

export type ScriptArguments<Name extends string> =
  | {
      readonly kind: 'run';
      readonly json: boolean;
      readonly values: Readonly<Partial<Record<Name, string | boolean>>>;
    }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string };

function helpOf(definition: ScriptDefinition<string>): string {
  const options: Readonly<Record<string, ScriptOption>> = {
    ...definition.options,
    json: { type: 'boolean', help: 'Print one JSON object as the last line.' },
    help: { type: 'boolean', help: 'Print this.' },
  };
  const rows = Object.entries(options).map(
    ([name, option]) => [`--${name}${option.type === 'string' ? ' <value>' : ''}`, option.help] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    `Usage: ${definition.command} -- [options]`,
    '',
    definition.summary,
    '',
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
  ].join('\n');
}

/** Reads a script's arguments. Every script knows `--help` and `--json`; anything unknown is refused. */
export function readArguments<Name extends string = never>(
  definition: ScriptDefinition<Name>,
  args: readonly string[] = process.argv.slice(2),
): ScriptArguments<Name> {
  const known: Readonly<Record<string, ScriptOption>> = definition.options ?? {};
  const options = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }]));
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', text: `${problem}\n\n${helpOf(definition)}` };
  }
  if (values['help'] === true) return { kind: 'help', text: helpOf(definition) };
  const named: Partial<Record<Name, string | boolean>> = {};
  for (const [name, value] of Object.entries(values)) {
    if (isNameOf(definition, name) && value !== undefined) named[name] = value;
  }
  return { kind: 'run', json: values['json'] === true, values: named };
}

function isNameOf<Name extends string>(definition: ScriptDefinition<Name>, name: string): name is Name {
  return definition.options !== undefined && Object.hasOwn(definition.options, name);
}

/** What a script did: lines for a person, and one object for a program. */
export interface ScriptResult {
  readonly ok: boolean;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The frame of a short script: arguments, output and exit code (0 done, 1 failed, 2 called wrongly). A failure is
 * printed by its message alone.
 */
export async function runScript<Name extends string>(
  definition: ScriptDefinition<Name>,
  body: (values: Readonly<Partial<Record<Name, string | boolean>>>) => Promise<ScriptResult>,
): Promise<void> {
  const args = readArguments(definition);
  if (args.kind === 'help') return console.log(args.text);
  if (args.kind === 'wrong') {
    console.error(args.text);
    process.exitCode = 2;
    return;
  }
  let result: ScriptResult;
  try {
    result = await body(args.values);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    result = { ok: false, lines: [message], json: { ok: false, error: message } };
  }
  for (const line of result.lines) (result.ok ? console.log : console.error)(line);
  if (args.json) console.log(JSON.stringify(result.json));
  if (!result.ok) process.exitCode = 1;
}

/** A whole number from 1 on. @returns what is wrong with it, as a text. */
export function wholeOption(
  name: string,
  given: string | boolean | undefined,
  otherwise: number,
): number | string {
  if (given === undefined) return otherwise;
  const number = Number(given);
  return Number.isSafeInteger(number) && number >= 1
    ? number
    : `--${name} takes a whole number from 1 on, not "${String(given)}"`;
}
