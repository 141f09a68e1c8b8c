import { z } from 'zod';
import { type AuditEntry, writeAudit } from '../../../db/queries/audit.ts';
import { isOwedRevocation } from '../../../db/queries/revocations.ts';
import { doneByRequest, linkOfSession } from '../../../db/queries/session-access.ts';
import type { Instant, LinkId } from '../../../workflows/contract/values.ts';
import { actorOf } from '../../auth/caller.ts';
import type { RevocationOrder } from '../../gate/revocations.ts';
import { refusal } from '../../operations/routes.ts';
import { type Action, type ActionDependencies, type Asked, entryOf, type Outcome } from './action.ts';
import { NOT_AN_OBJECT, type PlainBody, plainBody, reasonSchema } from './fields.ts';
import { type Ends, updateSession } from './update.ts';

const LINK_MESSAGE = 'must be the id of a link';

export const reissueEnds: Ends = {
  done: 'link.reissued',
  refused: 'link.reissue-refused',
  unknown: 'link.reissue-unknown',
};

const restoreEnds: Ends = {
  done: 'access.restored',
  refused: 'access.restore-refused',
  unknown: 'access.restore-unknown',
};

const ACCESS_REVOKED = 'access.revoked';
const LINK_REVOKED = 'link.revoked';

const RETRY_AFTER_SECONDS = '2';

/** Written first, and answered when every replica knows; the workflow is told by whoever delivers revocations. */
async function revoke(
  deps: ActionDependencies,
  asked: Asked,
  order: RevocationOrder,
  action: string,
  details: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const receipt = await deps.revocations.revoke(order, actorOf(asked.caller)).catch(() => undefined);
  if (receipt === undefined) return refusal('store-unavailable', { detail: 'Nothing was revoked.' });
  const { state } = receipt;
  await writeAudit(deps.db, [entryOf(deps, asked, action, null, { ...details, state })]);
  return { kind: 'done', state };
}

export const reissueLink: Action<PlainBody> = {
  name: 'link/reissue',
  operationId: 'reissueSessionLink',
  summary: 'Issue a new link and revoke the old one',
  description: 'The new link is mailed to the client.',
  body: plainBody,
  bodyExample: { reason: 'The client forwarded the mail' },
  doneAs: reissueEnds.done,
  afterTheEnd: false,
  act: (deps, asked) => updateSession(deps, asked, { name: 'reissueLink', argument: {}, ends: reissueEnds }),
};

export const restoreAccess: Action<PlainBody> = {
  name: 'access/restore',
  operationId: 'restoreSessionAccess',
  summary: 'Open a session again whose access was revoked',
  description: 'A revoked link never comes back: a new one is issued and mailed.',
  body: plainBody,
  bodyExample: { reason: 'Found out to be a mistake' },
  doneAs: restoreEnds.done,
  afterTheEnd: false,
  async act(deps, asked) {
    // The workflow would hear of the revocation after the restoring, and shut the session again.
    if (await isOwedRevocation(deps.db, asked.session.sessionKey)) {
      const reason = 'revocation-pending';
      await writeAudit(deps.db, [entryOf(deps, asked, restoreEnds.refused, reason)]);
      return refusal('refused', { reason }, { 'retry-after': RETRY_AFTER_SECONDS });
    }
    return updateSession(deps, asked, { name: 'restoreAccess', argument: {}, ends: restoreEnds });
  },
};

export const revokeAccess: Action<PlainBody> = {
  name: 'access/revoke',
  operationId: 'revokeSessionAccess',
  summary: 'Shut every door of a session at once',
  description: 'Its link, its cookies and its join link open nothing any more, until access is restored.',
  body: plainBody,
  bodyExample: { reason: 'The link was published' },
  doneAs: ACCESS_REVOKED,
  afterTheEnd: false,
  act: (deps, asked) =>
    revoke(deps, asked, { kind: 'access', sessionKey: asked.session.sessionKey }, ACCESS_REVOKED),
};

const linkBody = z.strictObject(
  {
    link_id: z
      .string(LINK_MESSAGE)
      .regex(/^[A-Za-z0-9_-]{1,80}$/, LINK_MESSAGE)
      .transform((text) => text as LinkId)
      .optional()
      .meta({ description: 'Which one. Left out: the newest.' }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);

/** The link that the audit's details name. */
function linkIn(details: AuditEntry['details']): LinkId | undefined {
  const link = details?.['link'];
  return typeof link === 'string' ? (link as LinkId) : undefined;
}

export const revokeLink: Action<z.output<typeof linkBody>> = {
  name: 'link/revoke',
  operationId: 'revokeSessionLink',
  summary: 'Revoke a link of a session',
  description: 'A login of the same client still opens the session; `access/revoke` shuts that too.',
  body: linkBody.prefault({}),
  bodyExample: { reason: 'The mail went to the wrong person' },
  doneAs: LINK_REVOKED,
  afterTheEnd: false,
  async act(deps, asked, { link_id: given }) {
    const { sessionKey } = asked.session;
    // A repeat must not take the link that was issued since.
    const before = await doneByRequest(deps.db, sessionKey, LINK_REVOKED, asked.requestId);
    const named = given ?? linkIn(before);
    const link = await linkOfSession(deps.db, sessionKey, named ?? null);
    if (link === undefined) {
      const reason = named === undefined ? 'opening' : 'unknown-link';
      await writeAudit(deps.db, [entryOf(deps, asked, 'link.revoke-refused', reason)]);
      return refusal('refused', { reason });
    }
    const { linkId, expiresAt } = link;
    const keepUntil = expiresAt === null ? null : (expiresAt.getTime() as Instant);
    const order = { kind: 'link', linkId, sessionKey, keepUntil } as const;
    return revoke(deps, asked, order, LINK_REVOKED, { link: linkId });
  },
};
