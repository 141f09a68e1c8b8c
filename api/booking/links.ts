import { randomBytes } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import {
  findLinkSubjects,
  insertBookingLink,
  type ListedLink,
  listBookingLinks,
} from '../../db/queries/booking-links.ts';
import { findLinkOf } from '../../db/queries/links.ts';
import type { Clock } from '../../platform/clock.ts';
import { failures } from '../../platform/failures.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { issuedLinkIdOf, mintBookingToken } from '../../platform/tokens.ts';
import type { Instant, LinkId } from '../../workflows/contract/values.ts';
import { pageOf } from '../admin/paging.ts';
import { actorOf, callerOf } from '../auth/caller.ts';
import type { Revocations } from '../gate/revocations.ts';
import { codeOfError, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { fieldProblems } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import { sendData, sendFailure, sendRefusal } from './envelope.ts';
import { createLinkSchema, listLinksSchema, revokeLinkSchema } from './link-requests.ts';

export interface BookingLinkDependencies {
  readonly db: Database;
  /** Signs with the newest key. */
  readonly linkKeys: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly revocations: Revocations;
  /** Lets admins and tenants through and leaves their `Caller`; refuses with the envelope. */
  readonly guard: RequestHandler;
  /** Charged for each new link, after the guard; they refuse with the envelope. */
  readonly limits: readonly RequestHandler[];
}

const ONE_TIME_MS = 24 * 60 * 60 * 1000;
const INVALID = 'Invalid request data';

/** 132 random bits. */
function newLinkId(): LinkId {
  return randomBytes(17).toString('base64url').slice(0, 22) as LinkId;
}

function listed(link: ListedLink) {
  return {
    jti: link.linkId,
    purpose: link.purpose,
    template_id: link.templateId,
    client_id: link.clientId,
    created_at: wholeSeconds(link.issuedAt),
    expires_at: link.expiresAt === null ? null : wholeSeconds(link.expiresAt),
    revoked_at: link.revokedAt === null ? null : wholeSeconds(link.revokedAt),
    uses: link.uses,
    state: link.state,
  };
}

/** A body of another type is refused before it is read. */
const onlyJson: RequestHandler = (req, res, next) => {
  if (req.get('content-type') !== undefined && req.is('application/json') === false)
    sendRefusal(res, failures['unsupported-media-type'].status, INVALID, 'send application/json');
  else next();
};

function only(...methods: readonly string[]): RequestHandler {
  return (_req, res) => {
    res.set('allow', methods.join(', '));
    sendRefusal(res, failures['method-not-allowed'].status, 'Method not allowed');
  };
}

function answerError(log: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    const code = codeOfError(error);
    const { status } = failures[code];
    if (status >= 500)
      log.error({ requestId: requestIdOf(req), err: describeError(error) }, 'request failed');
    if (res.headersSent) next(error);
    else if (status >= 500) sendFailure(req, res, status);
    else if (code === 'too-large') sendRefusal(res, status, INVALID, 'the body is too large');
    else if (code === 'unsupported-media-type')
      sendRefusal(res, status, INVALID, 'send application/json in UTF-8');
    else sendRefusal(res, status, INVALID, 'the body is not JSON');
  };
}

/**
 * The Booking Link API: `POST` and `GET /booking/link`, `POST /booking/link/revoke`, all in its own envelope. Source:
 * the Booking Link API's document.
 *
 * Whose link it is comes from the caller's bearer token: the tenant. Calendar and `user_id` come from the template:
 * the claim names the user who owns the calendar, as the document's table of claims says. The user who asked stands
 * in the audit.
 */
export function createBookingLinkRoutes(deps: BookingLinkDependencies): Router {
  const { db, clock, linkKeys } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const body = [onlyJson, express.json({ limit: '8kb' })];

  const createLink: RequestHandler = async (req, res) => {
    const parsed = createLinkSchema.safeParse(req.body);
    if (!parsed.success) {
      sendRefusal(res, 400, INVALID, fieldProblems(parsed.error));
      return;
    }
    const { template_id: templateId, client_id: clientId, token_purpose: purpose } = parsed.data;
    const caller = callerOf(res);
    const { tenantId } = caller;
    const subjects = await findLinkSubjects(db, { tenantId, templateId, clientId });
    if (subjects.template === null) {
      sendRefusal(res, 404, 'booking template not found');
      return;
    }
    if (!subjects.hasClient) {
      sendRefusal(res, 404, 'client not found');
      return;
    }
    // The claims carry whole seconds, and row, claims and answer are to name one instant.
    const issuedAt = (Math.floor(clock() / 1000) * 1000) as Instant;
    const expiresAt = purpose === 'one-time-booking-link' ? ((issuedAt + ONE_TIME_MS) as Instant) : null;
    const linkId = newLinkId();
    const claims = { linkId, tenantId, ...subjects.template, templateId, clientId, purpose };
    const token = await mintBookingToken(linkKeys, { ...claims, issuedAt, expiresAt });
    const createdAt = new Date(issuedAt);
    const endsAt = expiresAt === null ? null : new Date(expiresAt);
    await db.transaction().execute(async (trx) => {
      await insertBookingLink(trx, { ...claims, issuedAt: createdAt, expiresAt: endsAt });
      await writeAudit(trx, [
        {
          at: createdAt,
          tenantId,
          actor: actorOf(caller),
          action: 'link.created',
          subject: linkId,
          reason: null,
          details: { purpose, templateId, clientId },
        },
      ]);
    });
    sendData(res, 201, 'Booking link created successfully', {
      token,
      url: `/booking/book?token=${token}`,
      purpose,
      expires_at: endsAt === null ? null : wholeSeconds(endsAt),
      created_at: wholeSeconds(createdAt),
    });
  };

  const listLinks: RequestHandler = async (req, res) => {
    const parsed = listLinksSchema.safeParse(req.query);
    if (!parsed.success) {
      sendRefusal(res, 400, INVALID, fieldProblems(parsed.error));
      return;
    }
    const { limit, cursor, template_id: templateId, client_id: clientId, state } = parsed.data;
    const rows = await listBookingLinks(db, {
      tenantId: callerOf(res).tenantId,
      at: new Date(clock()),
      after: cursor === undefined ? null : { issuedAt: new Date(cursor[0]), linkId: cursor[1] },
      limit: limit + 1,
      templateId: templateId ?? null,
      clientId: clientId ?? null,
      state: state ?? null,
    });
    const page = pageOf(rows, limit, listed, (link) => [link.issuedAt.getTime(), link.linkId]);
    sendData(res, 200, 'Booking links', page);
  };

  const revokeLink: RequestHandler = async (req, res) => {
    const parsed = revokeLinkSchema.safeParse(req.body);
    if (!parsed.success) {
      sendRefusal(res, 400, INVALID, fieldProblems(parsed.error));
      return;
    }
    const caller = callerOf(res);
    const { tenantId } = caller;
    const { jti, token } = parsed.data;
    const linkId = token === undefined ? jti : await issuedLinkIdOf(linkKeys, token);
    const link = linkId === undefined ? undefined : await findLinkOf(db, tenantId, linkId);
    if (link === undefined) {
      sendRefusal(res, 404, 'booking link not found');
      return;
    }
    const actor = actorOf(caller);
    const { fresh, state } = await deps.revocations.revoke(
      {
        kind: 'link',
        linkId: link.link_id,
        sessionKey: link.session_key,
        keepUntil: link.expires_at === null ? null : (link.expires_at.getTime() as Instant),
      },
      actor,
    );
    const revokedAt = (await findLinkOf(db, tenantId, link.link_id))?.revoked_at;
    if (revokedAt === null || revokedAt === undefined) throw new Error('a link was revoked and is not');
    if (fresh)
      await writeAudit(db, [
        {
          at: revokedAt,
          tenantId,
          actor,
          action: 'link.revoked',
          subject: link.link_id,
          reason: null,
          details: { purpose: link.purpose },
        },
      ]);
    sendData(res, state === 'confirmed' ? 200 : 202, 'Booking link revoked', {
      jti: link.link_id,
      revoked_at: wholeSeconds(revokedAt),
      state,
    });
  };

  router
    .route('/booking/link')
    .post(deps.guard, ...deps.limits, body, createLink)
    .get(deps.guard, listLinks)
    .all(only('POST', 'GET', 'HEAD'));
  router.route('/booking/link/revoke').post(deps.guard, body, revokeLink).all(only('POST'));
  router.use('/booking/link', answerError(deps.log));
  return router;
}
