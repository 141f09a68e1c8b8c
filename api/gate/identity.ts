import type { SessionIdentity } from './decision.ts';
import type { Door } from './paths.ts';

/** Every header that a 200 sets towards the upstream; the gateway removes a client's own. */
export const identityHeaders = ['X-Session-Id', 'X-Client-Id', 'X-Tenant-Id', 'X-Access'] as const;

/** All of them: the gateway is never left to choose between ours and one that the client made up. */
export function identityOf(
  session: SessionIdentity,
  access: Door,
): Readonly<Record<(typeof identityHeaders)[number], string>> {
  return {
    'X-Session-Id': session.sessionKey,
    'X-Client-Id': String(session.clientId),
    'X-Tenant-Id': String(session.tenantId),
    'X-Access': access,
  };
}
