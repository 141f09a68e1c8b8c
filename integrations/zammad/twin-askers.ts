import type { IncomingMessage } from 'node:http';
import { ZammadRefusal } from './twin-refusal.ts';
import { AGENT_ID, API_USER_ID } from './twin-store.ts';

/**
 * Whose a token of the twin is: `agent` our API user's, `person` that of an agent at the desk; the other kinds answer as
 * Zammad does.
 */
export type TwinTokenKind =
  | 'agent'
  | 'person'
  | 'no-permission'
  | 'expired'
  | 'inactive'
  /** Our API user's, without these permissions. */
  | { readonly lacks: readonly string[] };

/** The user who asks, and the permissions that user or token lack. */
export interface Asker {
  readonly by: number;
  readonly lacks: readonly string[];
}

/** What an agent at the desk may not. */
const AT_THE_DESK = [
  'admin.version',
  'admin.group',
  'admin.object',
  'admin.webhook',
  'admin.trigger',
  'admin.macro',
  'admin.tag',
];

/** Reference: section 1.2. Finds out who asks, or throws Zammad's refusal. */
export function askersBy(
  tokens: Readonly<Record<string, TwinTokenKind>>,
): (request: IncomingMessage) => Asker {
  return (request) => {
    const header = request.headers.authorization;
    if (!header) throw new ZammadRefusal(403, 'Authentication required');
    const bearer = /^Bearer\s+(.+)$/i.exec(header)?.[1];
    const given = bearer ?? /^Token\s+(?:token=)?"?([^"\s]+)"?$/i.exec(header)?.[1] ?? '';
    const kind = Object.hasOwn(tokens, given) ? tokens[given] : undefined;
    if (typeof kind === 'object') return { by: API_USER_ID, lacks: kind.lacks };
    switch (kind) {
      case 'agent':
        return { by: API_USER_ID, lacks: [] };
      case 'person':
        return { by: AGENT_ID, lacks: AT_THE_DESK };
      case 'no-permission':
        throw new ZammadRefusal(403, 'Not authorized (token)!');
      case 'expired':
        throw new ZammadRefusal(401, 'Not authorized (token expired)!');
      case 'inactive':
        throw new ZammadRefusal(
          401,
          'Login failed. Have you double-checked your credentials and completed the email verification step?',
        );
      case undefined:
        throw new ZammadRefusal(401, bearer ? 'The provided token is invalid.' : "Can't find User for Token");
    }
  };
}
