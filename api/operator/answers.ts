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

/** Of the contract whose refusals carry no code. */
const codeByStatus: Readonly<Record<number, string>> = {
  400: 'invalid-request',
  403: 'not-allowed',
  404: 'not-found',
  429: 'too-many-requests',
  503: 'store-unavailable',
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function textIn(from: object, name: string, as = name): Readonly<Record<string, string>> {
  const value: unknown = Reflect.get(from, name);
  return typeof value === 'string' && value !== '' ? { [as]: value } : {};
}

/** A problem document, or one of the two envelopes that the given contracts have. */
function problemIn({ status, body }: Answer): Problem {
  if (!isObject(body)) return { code: 'internal' };
  const said = 'error' in body && isObject(body.error) ? body.error : body;
  const detail = { ...textIn(body, 'message', 'detail'), ...textIn(body, 'detail') };
  if (!('code' in said) || typeof said.code !== 'string')
    return { code: codeByStatus[status] ?? 'internal', ...detail, ...textIn(body, 'error', 'detail') };
  return {
    code: said.code,
    ...textIn(said, 'reason'),
    ...textIn(said, 'at'),
    ...detail,
    ...textIn(said, 'requestId'),
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
  throw new NothingToShow(answer.status, problemIn(answer).code);
}

/**
 * What became of something that the API was asked to do.
 *
 * @param act the operation's id.
 */
export function toldOf(act: string, answer: Answer): Told {
  if (answer.status === 202) return { act, outcome: 'unconfirmed' };
  if (isGood(answer)) return { act, outcome: 'done' };
  const { code, ...more } = problemIn(answer);
  return { act, outcome: code, ...more };
}

/** The same for what only begins with the answer, however long it takes. */
export const begunOf = (act: string, answer: Answer): Told =>
  answer.status === 202 ? { act, outcome: 'done' } : toldOf(act, answer);
