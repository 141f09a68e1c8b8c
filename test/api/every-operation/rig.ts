import type { ApiDocument } from '../../../api/docs/document.ts';
import type { Role } from '../../../api/auth/caller.ts';
import { mintCallerToken } from '../../../api/auth/local-tokens.ts';
import {
  createLatchkeyClient,
  type LatchkeyClient,
  type OperationId,
} from '../../../integrations/latchkey/client.ts';
import type { Stack } from '../../../scripts/stack/start-stack.ts';
import type { Instant } from '../../../workflows/contract/values.ts';
import { checkedFetch, type Seen } from '../../support/openapi.ts';

/** A running stack, as callers of its documented API have it. Every answer is held against the document. */
export interface OperationRig {
  readonly stack: Stack;
  readonly document: ApiDocument;
  readonly fetch: typeof fetch;
  /** Which statuses each operation was seen to answer. */
  readonly seen: Seen;
  /** A client of the development tenant in this role. */
  readonly as: Readonly<Record<Role, LatchkeyClient>>;
  readonly anyone: LatchkeyClient;
}

/** Calls one operation so that it succeeds, with what it needs made before. */
export type Call = (rig: OperationRig) => Promise<unknown>;

/** The calls of one room. */
export type Calls = Readonly<Partial<Record<OperationId, Call>>>;

const TENANT_ID = 1;
const TOKEN_MS = 600_000;

export async function createOperationRig(stack: Stack): Promise<OperationRig> {
  const baseUrl = stack.addresses.publicUrl;
  const document = (await (await fetch(`${baseUrl}/openapi.json`)).json()) as ApiDocument;
  const checked = checkedFetch(document);
  const { localKeys } = stack.config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const now = Date.now() as Instant;
  const clientOf = async (role: Role): Promise<LatchkeyClient> => {
    const caller = { role, tenantId: TENANT_ID, userId: 5, subject: 'every-operation' };
    const token = await mintCallerToken(localKeys, caller, now, (now + TOKEN_MS) as Instant);
    return createLatchkeyClient({ baseUrl, token, fetch: checked.fetch });
  };
  return {
    stack,
    document,
    fetch: checked.fetch,
    seen: checked.seen,
    as: {
      admin: await clientOf('admin'),
      tenant: await clientOf('tenant'),
      service: await clientOf('service'),
    },
    anyone: createLatchkeyClient({ baseUrl, fetch: checked.fetch }),
  };
}
