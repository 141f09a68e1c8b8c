import { z } from 'zod';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createSignedTexts } from '../signed-text.ts';
import { OPERATOR_PATH } from './operator-session.ts';

const toldSchema = z.object({
  /** What was wanted: the id of an operation of the API. */
  act: z.string(),
  /** `done`, `unconfirmed`, or the code of a failure. */
  outcome: z.string(),
  /** A finer reason, of the rules. */
  reason: z.string().optional(),
  /** ISO 8601: the instant that the reason is about. */
  at: z.string().optional(),
  /** What is wrong with which field, in the API's own words. */
  detail: z.string().optional(),
  /** To quote to support. */
  requestId: z.string().optional(),
  /** How many it was about. */
  count: z.number().optional(),
});

/** What became of a form. Codes only: the page that shows it has the words. */
export type Told = z.output<typeof toldSchema>;

export interface ToldCookies {
  /** A `Set-Cookie` value that brings it to the next page. */
  carry(told: Told, now: Instant): Promise<string>;
  /** What the cookie in a `Cookie` header says, or null. */
  read(header: string | undefined, now: Instant): Promise<Told | null>;
  /** A `Set-Cookie` value that ends it: it is said once. */
  readonly end: string;
}

const COOKIE = 'latchkey_admin_told';
const AUDIENCE = 'latchkey:operator-told';
const SECONDS = 60;

export function createToldCookies(ring: KeyRing, secure: boolean): ToldCookies {
  const settings = { path: OPERATOR_PATH, secure, sameSite: 'Strict' } as const;
  const texts = createSignedTexts(ring, AUDIENCE, 3072);
  return {
    async carry(told, now) {
      const text = await texts.sign({ told }, now, (now + SECONDS * 1000) as Instant);
      return setCookie(COOKIE, text, { ...settings, maxAgeSeconds: SECONDS });
    },
    async read(header, now) {
      const claims = await texts.read(readCookie(header, COOKIE), now);
      return toldSchema.safeParse(claims?.['told']).data ?? null;
    },
    end: clearCookie(COOKIE, settings),
  };
}
