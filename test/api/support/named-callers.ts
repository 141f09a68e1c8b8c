import type { Caller, CallerRefusal, VerifyBearer } from '../../../api/auth/caller.ts';

const callers: Readonly<Record<string, Caller | CallerRefusal>> = {
  admin: { role: 'admin', tenantId: 1, userId: 7, subject: 'a-person' },
  tenant: { role: 'tenant', tenantId: 1, userId: null, subject: 'shop-software' },
  service: { role: 'service', tenantId: 1, userId: null, subject: 'machine' },
  stranger: { role: 'admin', tenantId: 2, userId: 70, subject: 'somebody-else' },
  expired: 'expired',
  'no-tenant': 'no-tenant',
  'keys-away': 'keys-unavailable',
};

export type CallerName = 'admin' | 'tenant' | 'service' | 'stranger';

/** Bearer tokens are names here; what they carry is another room's test. */
export const verifyNamed: VerifyBearer = async (authorization) => {
  if (authorization === undefined) return { ok: false, reason: 'no-token' };
  const found = callers[authorization.replace('Bearer ', '')] ?? 'malformed';
  return typeof found === 'string' ? { ok: false, reason: found } : { ok: true, caller: found };
};
