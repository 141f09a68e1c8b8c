import type { Gate } from '../../../workflows/contract/session.ts';
import type { Instant, LinkId, SessionKey } from '../../../workflows/contract/values.ts';

export const at = (iso: string): Instant => Date.parse(iso) as Instant;

export const NOW = at('2026-12-07T09:00:00Z');
export const HOUR = 3_600_000;
export const after = (ms: number, from: Instant = NOW): Instant => (from + ms) as Instant;

export const KEY = 'abcdefghijklmnopqrstuv' as SessionKey;
export const OTHER_KEY = 'ABCDEFGHIJKLMNOPQRSTUV' as SessionKey;
export const SLUG = 'pQ7_-rStUvWxYz0123456789';
export const OTHER_SLUG = 'oThEr_-slug0123456789abc';
export const LOGIN_ID = 'login_-0123456789abcdE';
export const linkId = (n: number, key: SessionKey = KEY): LinkId => `${key}-${n}` as LinkId;

/** A gate whose page is open around NOW and whose join link opens in an hour. */
export function gateOf(more: Partial<Gate> = {}): Gate {
  return {
    sessionKey: KEY,
    version: NOW,
    state: 'live',
    access: 'granted',
    page: { from: after(-24 * HOUR), until: after(48 * HOUR) },
    join: [{ from: after(HOUR), until: after(3 * HOUR) }],
    linkId: linkId(1),
    ...more,
  };
}
