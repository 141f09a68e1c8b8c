import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Key, KeyRing } from '../../platform/keys.ts';
import {
  type TokenRefusal,
  verifyAccessCookie,
  verifyLoginCookie,
  verifySessionToken,
} from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createBoundedMemo } from './bounded-memo.ts';
import type { Holder } from './decision.ts';

/** The rings that are good now; read at each use, never kept. */
export interface GateKeys {
  readonly link: KeyRing;
  readonly cookie: KeyRing;
}

/** What a text is taken for. Each has an audience of its own, so none stands for another. */
export type TokenKind = 'session-token' | 'access-cookie' | 'login-cookie';

/** A text whose signature was good, and until when it still is. */
export interface VerifiedToken {
  readonly holder: Holder;
  readonly ring: keyof GateKeys;
  /** The ring as it was then, and which of its keys it was signed with. */
  readonly keys: KeyRing;
  readonly key: Key;
  /** Infinity for a permanent link's. */
  readonly expiresAt: number;
}

export type Verification =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly reason: TokenRefusal };

export interface VerifiedTokens {
  /** What `verify` found earlier, if it still holds. No I/O, no promise. */
  remembered(kind: TokenKind, text: string, now: Instant): VerifiedToken | undefined;
  /** Whether it has not expired and its key is still in the ring. */
  isGood(token: VerifiedToken, now: Instant): boolean;
  /** Checks a text that came from outside. Never throws. A refused one is not remembered. */
  verify(kind: TokenKind, text: string, now: Instant): Promise<Verification>;
}

/** Of each kind. Only what we signed gets in, so a flood of anything else puts nothing out. */
const REMEMBERED = 10_000;

const ringOf = (kind: TokenKind): keyof GateKeys => (kind === 'session-token' ? 'link' : 'cookie');

type HolderVerdict =
  | { readonly ok: true; readonly holder: Holder }
  | { readonly ok: false; readonly reason: TokenRefusal };

async function holderIn(kind: TokenKind, keys: KeyRing, text: string, now: Instant): Promise<HolderVerdict> {
  switch (kind) {
    case 'session-token':
    case 'access-cookie': {
      const open = kind === 'session-token' ? verifySessionToken : verifyAccessCookie;
      const verdict = await open(keys, text, now);
      if (!verdict.ok) return verdict;
      const { sessionKey, linkId, tenantId, clientId } = verdict.claims;
      return { ok: true, holder: { kind: 'link', sessionKey, linkId, tenantId, clientId } };
    }
    case 'login-cookie': {
      const verdict = await verifyLoginCookie(keys, text, now);
      if (!verdict.ok) return verdict;
      const { loginId, clients } = verdict.claims;
      return { ok: true, holder: { kind: 'login', loginId, clients } };
    }
  }
}

/** Checks tokens and cookies, and remembers the good ones until they expire or their key leaves the ring. */
export function createVerifiedTokens(keys: GateKeys): VerifiedTokens {
  const good = {
    'session-token': createBoundedMemo<string, VerifiedToken>(REMEMBERED),
    'access-cookie': createBoundedMemo<string, VerifiedToken>(REMEMBERED),
    'login-cookie': createBoundedMemo<string, VerifiedToken>(REMEMBERED),
  } as const;

  const isGood = (token: VerifiedToken, now: Instant): boolean =>
    now < token.expiresAt &&
    (keys[token.ring] === token.keys || keys[token.ring].byId(token.key.id) === token.key);

  function remembered(kind: TokenKind, text: string, now: Instant): VerifiedToken | undefined {
    const token = good[kind].get(text);
    return token !== undefined && isGood(token, now) ? token : undefined;
  }

  async function verify(kind: TokenKind, text: string, now: Instant): Promise<Verification> {
    const known = remembered(kind, text, now);
    if (known !== undefined) return { ok: true, token: known };
    const ring = ringOf(kind);
    const used = keys[ring];
    const verdict = await holderIn(kind, used, text, now);
    if (!verdict.ok) return verdict;
    // Both parts were under the signature that has just been found good.
    const key = used.byId(decodeProtectedHeader(text).kid ?? '');
    if (key === undefined) return { ok: false, reason: 'unknown-key' };
    const { exp } = decodeJwt(text);
    const token: VerifiedToken = {
      holder: verdict.holder,
      ring,
      keys: used,
      key,
      expiresAt: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000,
    };
    good[kind].set(text, token);
    return { ok: true, token };
  }

  return { remembered, isGood, verify };
}
