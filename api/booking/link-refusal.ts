import type { LinkRefusal } from './validate.ts';

/** What whoever holds a link is told when it does not book. */
export type ToldRefusal =
  | { readonly code: 'link-over'; readonly reason: 'expired' | 'revoked' | 'spent' }
  | { readonly code: 'invalid-request'; readonly reason: 'no-token' }
  | { readonly code: 'not-authenticated'; readonly reason: 'bad-token' };

/** How much of a verdict on a link leaves the house. */
export function toldRefusal(reason: LinkRefusal): ToldRefusal {
  switch (reason) {
    case 'expired':
    case 'revoked':
    case 'spent':
      return { code: 'link-over', reason };
    case 'malformed':
      return { code: 'invalid-request', reason: 'no-token' };
    case 'bad-signature':
    case 'unknown-key':
    case 'wrong-algorithm':
    case 'wrong-issuer':
    case 'wrong-audience':
    case 'not-yet-valid':
    case 'bad-claims':
    case 'unknown-link':
      // Which of them it is helps only whoever tries to forge one.
      return { code: 'not-authenticated', reason: 'bad-token' };
  }
}
