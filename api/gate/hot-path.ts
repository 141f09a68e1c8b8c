import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createBoundedMemo } from './bounded-memo.ts';
import type { GateCounters } from './counters.ts';
import { bearerIn, cookiesIn, type Presented } from './credentials.ts';
import { idOf, isOpen, isOwner, isRevokedByGate } from './decision.ts';
import { identityOf } from './identity.ts';
import type { GateMemory, Snapshot } from './memory.ts';
import { type Door, readGatedPath } from './paths.ts';
import type { VerifiedToken, VerifiedTokens } from './verified-tokens.ts';
import type { WriteAnswer } from './write-together.ts';

/**
 * Takes the request and answers it before the turn is over, or touches nothing and says false. Runs for every
 * request: no I/O, no promise.
 */
export type AnswerAtOnce = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface HotPathDependencies {
  readonly gatewaySecret: string;
  readonly memory: GateMemory;
  readonly tokens: VerifiedTokens;
  readonly counters: GateCounters;
  readonly clock: Clock;
  readonly write: WriteAnswer;
}

/** Only requests that passed get in, so a flood of others puts none out. */
const REMEMBERED = 4096;
/** What is longer is worked out anew each time, so that what is remembered stays small. */
const LONGEST = 1024;

/**
 * A request that passed: with this header, at this address, by this snapshot, thanks to this token. Of the questions
 * that were asked then, those that time or a revocation may answer anew are asked each time.
 */
interface Passed {
  readonly header: string;
  readonly uri: string;
  readonly slug: string;
  readonly door: Door;
  readonly snapshot: Snapshot;
  readonly token: VerifiedToken;
  /** The token's link or login. */
  readonly id: string;
  readonly answer: string[];
}

/**
 * Compares with the secret in a time that tells nothing of it but its length: every character is read, whatever the
 * ones before it said. Node's own comparison wants bytes, and copying them costs more than everything else here.
 */
function comparerWith(secret: string): (given: string) => boolean {
  const expected = Uint16Array.from({ length: secret.length }, (_, at) => secret.charCodeAt(at));
  return (given) => {
    if (given.length !== expected.length) return false;
    let different = 0;
    for (let at = 0; at < expected.length; at += 1) different |= given.charCodeAt(at) ^ (expected[at] ?? -1);
    return different === 0;
  };
}

const SAMPLES = 16;

/**
 * Tells headers apart by some of their characters: a map of texts would read all of a cookie to find its place.
 * Two that look alike take turns, so what is found is compared as a whole.
 */
function fingerprint(header: string): number {
  const step = Math.max(1, Math.floor(header.length / SAMPLES));
  let print = header.length;
  for (let at = header.length - 1; at >= 0; at -= step) print = (print * 31 + header.charCodeAt(at)) | 0;
  return print;
}

/**
 * Names and values in turn, as few as can be: the gateway reads each, and hands none on but the identity. In small
 * letters, which is how Node looks at each name.
 */
const answerOf = (snapshot: Snapshot, door: Door): string[] =>
  [...Object.entries(identityOf(snapshot, door)), ['Content-Length', '0']].flatMap(
    ([name = '', value = '']) => [name.toLowerCase(), value],
  );

/**
 * The 200 for who was let in before, from what this process remembers: the same questions as `decideGate`, asked
 * without the router. Everything else is left to the router, a token in the URL included. It writes no log line.
 */
export function createHotPath(deps: HotPathDependencies): AnswerAtOnce {
  const { memory, tokens, counters, clock, write } = deps;
  const isSecret = comparerWith(deps.gatewaySecret);
  const passed = createBoundedMemo<number, Passed>(REMEMBERED);

  /** What may have changed since for a token that was good, is the session's and is not revoked by its gate. */
  const stillMay = (
    token: VerifiedToken,
    id: string,
    snapshot: Snapshot,
    door: Door,
    now: Instant,
  ): boolean =>
    tokens.isGood(token, now) &&
    !memory.isRevoked(id) &&
    !memory.isHeld(snapshot.sessionKey) &&
    isOpen(snapshot.gate, door, now);

  /** Whether one of these, all checked earlier, opens this address now. */
  function work(uri: string, header: string, presented: readonly Presented[]): Passed | undefined {
    const path = readGatedPath(uri);
    if (path === undefined || path.token !== null) return undefined;
    const { slug, door } = path;
    const snapshot = memory.hit(slug);
    if (snapshot === undefined) return undefined;
    const now = clock();
    for (const { kind, text } of presented) {
      const token = tokens.remembered(kind, text, now);
      if (token === undefined) continue;
      const id = idOf(token.holder);
      if (
        isOwner(token.holder, snapshot) &&
        !isRevokedByGate(snapshot.gate, token.holder) &&
        stillMay(token, id, snapshot, door, now)
      )
        return { header, uri, slug, door, snapshot, token, id, answer: answerOf(snapshot, door) };
    }
    return undefined;
  }

  function passing(
    uri: string,
    header: string,
    read: (header: string) => readonly Presented[],
  ): Passed | undefined {
    const print = fingerprint(header);
    const known = passed.get(print);
    if (
      known !== undefined &&
      known.header === header &&
      known.uri === uri &&
      memory.hit(known.slug) === known.snapshot &&
      stillMay(known.token, known.id, known.snapshot, known.door, clock())
    )
      return known;
    const fresh = work(uri, header, read(header));
    if (fresh !== undefined && header.length <= LONGEST && uri.length <= LONGEST) passed.set(print, fresh);
    return fresh;
  }

  return (req, res) => {
    if (req.url !== '/forward-auth' || req.method !== 'GET') return false;
    // As the router reads them. Node has built them already, to look for `Host` and `Expect`.
    const { headers } = req;
    const secret = headers['x-gateway-auth'];
    const uri = headers['x-original-uri'];
    // What stands there twice is joined with a comma, and is no secret of ours.
    if (typeof secret !== 'string' || typeof uri !== 'string' || !isSecret(secret)) return false;
    const { cookie, authorization } = headers;
    const pass =
      (cookie === undefined ? undefined : passing(uri, cookie, cookiesIn)) ??
      (authorization === undefined ? undefined : passing(uri, authorization, bearerIn));
    if (pass === undefined) return false;
    counters.atOnce[pass.door] += 1;
    write(res, pass.answer);
    return true;
  };
}
