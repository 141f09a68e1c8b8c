import type { Told } from './told.ts';

/** A refusal of the API, as far as a page tells of it. */
interface Problem {
  readonly code: string;
  readonly reason?: string;
  readonly at?: string;
  readonly detail?: string;
  readonly requestId?: string;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** The JSON of a good answer; an export as text is never asked for here. */
type BodyOf<A extends Answer> = Exclude<Extract<A, { status: 200 }>['body'], string>;

/** The API would not say what a page is about: there is no such page now. */
export class NothingToShow extends Error {
  override readonly name = 'NothingToShow';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`the API answered ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

function problemIn(body: unknown): Problem {
  if (typeof body !== 'object' || body === null || !('code' in body) || typeof body.code !== 'string')
    return { code: 'internal' };
  const text = (name: string): Readonly<Record<string, string>> => {
    const value: unknown = Reflect.get(body, name);
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return {
    code: body.code,
    ...text('reason'),
    ...text('at'),
    ...text('detail'),
    ...text('requestId'),
  };
}

export const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300;

/**
 * The body of an answer without which there is no page.
 *
 * @throws {NothingToShow} for a refusal; the frame shows it in words.
 */
export function shown<A extends Answer>(answer: A): BodyOf<A> {
  if (answer.status === 200) return answer.body as BodyOf<A>;
  throw new NothingToShow(answer.status, problemIn(answer.body).code);
}

/**
 * What became of something that the API was asked to do.
 *
 * @param act the operation's id.
 */
export function toldOf(act: string, answer: Answer): Told {
  if (answer.status === 202) return { act, outcome: 'unconfirmed' };
  if (isGood(answer)) return { act, outcome: 'done' };
  const { code, ...more } = problemIn(answer.body);
  return { act, outcome: code, ...more };
}
