import { z } from 'zod';
import { writeAudit } from '../../../db/queries/audit.ts';
import { addressMark, correctAddress, siblingsOf } from '../../../db/queries/session-access.ts';
import { updateIdOf } from '../../gate/engine.ts';
import { refusal } from '../../operations/routes.ts';
import { emailSchema } from '../../person-shape.ts';
import { reissueEnds } from './access-actions.ts';
import { type Action, type ActionDependencies, type Asked, entryOf, identityOf } from './action.ts';
import { NOT_AN_OBJECT, reasonSchema } from './fields.ts';
import { updateSession } from './update.ts';

const emailBody = z.strictObject({ email: emailSchema, reason: reasonSchema }, NOT_AN_OBJECT);

/**
 * The client's other sessions were mailed to the same wrong address.
 *
 * @returns false when one of them may not have heard; the same request again reaches it.
 */
async function correctSiblings(deps: ActionDependencies, asked: Asked, address: string): Promise<boolean> {
  const { db, engine } = deps;
  const { tenantId } = asked.caller;
  const { clientId, sessionKey } = asked.session;
  let heard = true;
  for (const key of await siblingsOf(db, { tenantId, clientId, sessionKey })) {
    const updateId = updateIdOf(key, address, asked.requestId);
    const answer = await engine.update(key, 'correctEmail', {}, updateId, identityOf(asked.caller));
    const sibling = { ...asked, session: { ...asked.session, sessionKey: key } };
    if (answer.kind === 'answer') {
      const { verdict } = answer;
      await writeAudit(db, [
        verdict.accepted
          ? entryOf(deps, sibling, reissueEnds.done, null)
          : entryOf(deps, sibling, reissueEnds.refused, verdict.reason),
      ]);
    } else if (answer.kind !== 'not-found') heard = false;
  }
  return heard;
}

export const correctEmail: Action<z.output<typeof emailBody>> = {
  name: 'email',
  operationId: 'correctSessionEmail',
  summary: 'Correct the client’s e-mail address',
  description:
    'The link that went to the wrong address is revoked and a new one is mailed to the right one, in every session ' +
    'of this client.',
  body: emailBody,
  bodyExample: { email: 'ada@example.com', reason: 'Mistyped at the checkout' },
  doneAs: reissueEnds.done,
  afterTheEnd: false,
  async act(deps, asked, { email }) {
    const address = addressMark(email);
    const correction = await correctAddress(deps.db, {
      tenantId: asked.caller.tenantId,
      clientId: asked.session.clientId,
      email,
      audit: entryOf(deps, asked, 'email.corrected', null, { address }),
    });
    if (correction === 'taken') {
      const refused = entryOf(deps, asked, 'email.correct-refused', 'already-exists', { address });
      await writeAudit(deps.db, [refused]);
      return refusal('already-exists', {
        detail: 'Another client of this tenant has this e-mail address.',
      });
    }
    if (!(await correctSiblings(deps, asked, address))) return refusal('outcome-unknown');
    // Another address under the same key is another request: it has no link yet.
    const updateId = updateIdOf(asked.session.sessionKey, address, asked.requestId);
    return updateSession(deps, asked, { name: 'correctEmail', argument: {}, ends: reissueEnds, updateId });
  },
};
