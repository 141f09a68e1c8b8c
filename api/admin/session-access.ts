import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import { isOwedRevocation } from '../../db/queries/revocations.ts';
import {
  type AccessSubject,
  addressMark,
  correctAddress,
  findAccessSubject,
  linkOfSession,
  linkRevokedBy,
  siblingsOf,
} from '../../db/queries/session-access.ts';
import type { Clock } from '../../platform/clock.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import { actorOf, type Caller, callerOf } from '../auth/caller.ts';
import { type SessionEngine, updateIdOf } from '../gate/engine.ts';
import type { RevocationOrder, Revocations } from '../gate/revocations.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { fieldProblems, textSchema } from '../request-shape.ts';

export interface SessionAccessDependencies {
  readonly db: Database;
  readonly engine: Pick<SessionEngine, 'update'>;
  readonly revocations: Revocations;
  readonly clock: Clock;
  /** Lets admins through and leaves their `Caller`. */
  readonly guard: RequestHandler;
}

/** RFC 5321, section 4.5.3.1.3, without the angle brackets. */
const LONGEST_ADDRESS = 254;
const LONGEST_REASON = 500;
const EMAIL_MESSAGE = 'must be an e-mail address';
const LINK_MESSAGE = 'must be the id of a link';

/** Why the operator does it, in words of his own: kept in the audit's rows and nowhere else. */
const reason = textSchema(LONGEST_REASON).optional();
const notJson = 'the body must be a JSON object';
const plainBody = z.strictObject({ reason }, notJson);
const linkBody = z.strictObject(
  {
    link_id: z
      .string(LINK_MESSAGE)
      .regex(/^[A-Za-z0-9_-]{1,80}$/, LINK_MESSAGE)
      .transform((text) => text as LinkId)
      .optional(),
    reason,
  },
  notJson,
);
const emailBody = z.strictObject(
  { email: z.email(EMAIL_MESSAGE).max(LONGEST_ADDRESS, EMAIL_MESSAGE), reason },
  notJson,
);

/** One request that got as far as acting. */
interface Act<Body> {
  readonly req: Request;
  readonly res: Response;
  readonly caller: Caller;
  readonly session: AccessSubject;
  readonly body: Body;
  /** The same for each repeat of the request with the same idempotency key. */
  readonly requestId: string;
}

/** What the audit calls an Update's three ends. */
interface Ends {
  readonly done: string;
  readonly refused: string;
  readonly unknown: string;
}

const endsOf = {
  reissueLink: {
    done: 'link.reissued',
    refused: 'link.reissue-refused',
    unknown: 'link.reissue-unknown',
  },
  restoreAccess: {
    done: 'access.restored',
    refused: 'access.restore-refused',
    unknown: 'access.restore-unknown',
  },
  correctEmail: {
    done: 'link.reissued',
    refused: 'link.reissue-refused',
    unknown: 'link.reissue-unknown',
  },
} as const satisfies Record<string, Ends>;

/** A body without a type would be overlooked, and with it which link was meant. */
const onlyJson: RequestHandler = (req, res, next) => {
  const empty = req.get('content-length') === '0';
  if (!empty && req.is('application/json') === false) sendProblem(req, res, 'unsupported-media-type');
  else next();
};

/**
 * What an operator does about who gets into a session: its link, the access as a whole, the address that the link
 * goes to. Below `/api/v1/admin/sessions/:id`, `:id` being the session's key; another tenant's session is answered
 * like one that is not there. What was done, and what was refused, is audited.
 */
export function createSessionAccessRoutes(deps: SessionAccessDependencies): Router {
  const { db, engine, revocations } = deps;
  const router = Router({ caseSensitive: true, strict: true });

  const entryOf = (
    { caller, session, body, requestId }: Act<{ readonly reason?: string | undefined }>,
    action: string,
    refusal: string | null,
    details: Readonly<Record<string, string>> = {},
  ) => ({
    at: new Date(deps.clock()),
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    action,
    subject: session.sessionKey,
    reason: refusal,
    details: {
      request: requestId,
      ...details,
      ...(body.reason === undefined ? {} : { reason: body.reason }),
    },
  });

  function route<Body extends { readonly reason?: string | undefined }>(
    path: string,
    schema: z.ZodType<Body>,
    act: (asked: Act<Body>) => Promise<void>,
  ): void {
    const handler: RequestHandler<{ id: string }> = async (req, res) => {
      const parsed = schema.safeParse(req.body ?? {});
      const header = req.get('idempotency-key');
      const keyIsGood = header === undefined || /^[\x21-\x7e]{1,200}$/.test(header);
      if (!parsed.success || !keyIsGood) {
        const detail = parsed.success
          ? 'Idempotency-Key: must be 1 to 200 visible ASCII characters'
          : fieldProblems(parsed.error);
        sendProblem(req, res, 'invalid-request', { detail });
        return;
      }
      const caller = callerOf(res);
      const { id } = req.params;
      const session = /^[A-Za-z0-9_-]{22}$/.test(id)
        ? await findAccessSubject(db, caller.tenantId, id as SessionKey)
        : undefined;
      if (session === undefined) {
        sendProblem(req, res, 'not-found');
        return;
      }
      if (session.over) {
        sendProblem(req, res, 'session-over');
        return;
      }
      const key = header ?? randomUUID();
      res.set('idempotency-key', key);
      const requestId = updateIdOf(session.sessionKey, path, key);
      await act({ req, res, caller, session, body: parsed.data, requestId });
    };
    router
      .route(`/api/v1/admin/sessions/:id/${path}`)
      .all((_req, res, next) => {
        res.set('cache-control', 'no-store');
        next();
      })
      .post(deps.guard, onlyJson, express.json({ limit: '8kb' }), handler)
      .all(methodNotAllowed('POST'));
  }

  async function update(
    asked: Act<{ readonly reason?: string | undefined }>,
    name: keyof typeof endsOf,
    updateId: string = asked.requestId,
  ): Promise<void> {
    const { req, res, session, caller } = asked;
    const ends = endsOf[name];
    const answer = await engine.update(session.sessionKey, name, {}, updateId);
    switch (answer.kind) {
      case 'answer': {
        const { verdict } = answer;
        if (verdict.accepted) {
          await writeAudit(db, [entryOf(asked, ends.done, null)]);
          res.json({ state: 'done' });
          return;
        }
        await writeAudit(db, [entryOf(asked, ends.refused, verdict.reason)]);
        sendProblem(req, res, 'refused', { reason: verdict.reason, at: verdict.at });
        return;
      }
      case 'unknown':
        await writeAudit(db, [entryOf(asked, ends.unknown, null)]);
        sendProblem(req, res, 'outcome-unknown');
        return;
      case 'not-found': {
        const now = await findAccessSubject(db, caller.tenantId, session.sessionKey);
        if (now?.over !== false) sendProblem(req, res, 'session-over');
        else
          sendProblem(req, res, 'refused', { reason: now.startState === 'intended' ? 'opening' : 'closed' });
        return;
      }
      case 'unavailable':
        throw new CodedFailure('engine-unavailable', answer.why);
    }
  }

  /**
   * The client's other sessions were mailed to the same wrong address.
   *
   * @returns false when one of them may not have heard; the same request again reaches it.
   */
  async function correctSiblings(
    asked: Act<{ readonly reason?: string | undefined }>,
    address: string,
  ): Promise<boolean> {
    const { tenantId } = asked.caller;
    const { clientId, sessionKey } = asked.session;
    let heard = true;
    for (const key of await siblingsOf(db, { tenantId, clientId, sessionKey })) {
      const answer = await engine.update(key, 'correctEmail', {}, updateIdOf(key, address, asked.requestId));
      const sibling = { ...asked, session: { ...asked.session, sessionKey: key } };
      if (answer.kind === 'answer') {
        const { verdict } = answer;
        const { done, refused } = endsOf.correctEmail;
        await writeAudit(db, [
          verdict.accepted ? entryOf(sibling, done, null) : entryOf(sibling, refused, verdict.reason),
        ]);
      } else if (answer.kind !== 'not-found') heard = false;
    }
    return heard;
  }

  async function revoke(
    asked: Act<{ readonly reason?: string | undefined }>,
    order: RevocationOrder,
    action: string,
    details: Readonly<Record<string, string>>,
  ): Promise<void> {
    const receipt = await revocations.revoke(order, actorOf(asked.caller)).catch((error: unknown): never => {
      throw new CodedFailure('store-unavailable', 'nothing was revoked', { cause: error });
    });
    await writeAudit(db, [entryOf(asked, action, null, { ...details, state: receipt.state })]);
    asked.res.status(receipt.state === 'confirmed' ? 200 : 202).json({ state: receipt.state });
  }

  route('link/reissue', plainBody, (asked) => update(asked, 'reissueLink'));
  route('access/restore', plainBody, async (asked) => {
    // The workflow would hear of the revocation after the restoring, and shut the session again.
    if (await isOwedRevocation(db, asked.session.sessionKey)) {
      await writeAudit(db, [entryOf(asked, endsOf.restoreAccess.refused, 'revocation-pending')]);
      asked.res.set('retry-after', '2');
      sendProblem(asked.req, asked.res, 'refused', { reason: 'revocation-pending' });
      return;
    }
    await update(asked, 'restoreAccess');
  });

  route('access/revoke', plainBody, (asked) =>
    revoke(asked, { kind: 'access', sessionKey: asked.session.sessionKey }, 'access.revoked', {}),
  );

  route('link/revoke', linkBody, async (asked) => {
    const { sessionKey } = asked.session;
    const named = asked.body.link_id ?? (await linkRevokedBy(db, sessionKey, asked.requestId));
    const link = await linkOfSession(db, sessionKey, named ?? null);
    if (link === undefined) {
      const why = named === undefined ? 'opening' : 'unknown-link';
      await writeAudit(db, [entryOf(asked, 'link.revoke-refused', why)]);
      sendProblem(asked.req, asked.res, 'refused', { reason: why });
      return;
    }
    const { linkId, expiresAt } = link;
    const keepUntil = expiresAt === null ? null : (expiresAt.getTime() as Instant);
    await revoke(asked, { kind: 'link', linkId, sessionKey, keepUntil }, 'link.revoked', { link: linkId });
  });

  route('email', emailBody, async (asked) => {
    const { email } = asked.body;
    const address = addressMark(email);
    const correction = await correctAddress(db, {
      tenantId: asked.caller.tenantId,
      clientId: asked.session.clientId,
      email,
      audit: entryOf(asked, 'email.corrected', null, { address }),
    });
    if (correction === 'taken') {
      await writeAudit(db, [entryOf(asked, 'email.correct-refused', 'already-exists', { address })]);
      sendProblem(asked.req, asked.res, 'already-exists', {
        detail: 'Another client of this tenant has this e-mail address.',
      });
      return;
    }
    if (!(await correctSiblings(asked, address))) {
      sendProblem(asked.req, asked.res, 'outcome-unknown');
      return;
    }
    // Another address under the same key is another request: it has no link yet.
    await update(asked, 'correctEmail', updateIdOf(asked.session.sessionKey, address, asked.requestId));
  });

  return router;
}
