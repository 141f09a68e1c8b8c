export type Subject =
  | { readonly ok: true; readonly subject: string | undefined; readonly rest: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Takes what is to be measured out of the arguments; `--help` may stand without it. */
export function readSubject(args: readonly string[], known: readonly string[]): Subject {
  const at = args.findIndex((arg) => known.includes(arg));
  if (at >= 0) return { ok: true, subject: args[at], rest: args.toSpliced(at, 1) };
  if (args.includes('--help') || args.includes('-h')) return { ok: true, subject: undefined, rest: args };
  const given = args.find((arg) => !arg.startsWith('-'));
  const problem = given === undefined ? 'Nothing named that is to be measured' : `Cannot measure "${given}"`;
  return { ok: false, problem: `${problem}. Known: ${known.join(', ')}. Try: npm run bench -- --help` };
}
