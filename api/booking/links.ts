import type { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import {
  findLinkSubjects,
  insertBookingLink,
  listBookingLinks as linksOf,
  type ListedLink,
} from '../../db/queries/booking-links.ts';
import { findLinkOf } from '../../db/queries/links.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { randomId } from '../../platform/random-id.ts';
import { issuedLinkIdOf, mintBookingToken } from '../../platform/tokens.ts';
import type { Instant, LinkId } from '../../workflows/contract/values.ts';
import { allRows, fieldColumns, sendCsv, wantsCsv } from '../admin/csv.ts';
import { pageOf } from '../admin/paging.ts';
import { actorOf, callerOf } from '../auth/caller.ts';
import type { Revocations } from '../gate/revocations.ts';
import { refusal, reply, type Routes } from '../operations/routes.ts';
import { wholeSeconds } from '../rfc3339.ts';
import { succeeded } from './family.ts';
import {
  bookingLinkSchema,
  createBookingLink,
  listBookingLinks,
  revokeBookingLink,
} from './link-operations.ts';

export interface BookingLinkDependencies {
  readonly db: Database;
  /** Signs with the newest key. */
  readonly linkKeys: KeyRing;
  readonly clock: Clock;
  readonly revocations: Revocations;
}

const ONE_TIME_MS = 24 * 60 * 60 * 1000;

const toJson = (link: ListedLink): z.input<typeof bookingLinkSchema> => ({
  jti: link.linkId,
  purpose: link.purpose,
  template_id: link.templateId,
  client_id: link.clientId,
  created_at: wholeSeconds(link.issuedAt),
  expires_at: link.expiresAt === null ? null : wholeSeconds(link.expiresAt),
  revoked_at: link.revokedAt === null ? null : wholeSeconds(link.revokedAt),
  uses: link.uses,
  state: link.state,
});

const exported = fieldColumns(bookingLinkSchema, toJson);

/**
 * The Booking Link API. Source: its document.
 *
 * Whose link it is comes from the caller's bearer token: the tenant. Calendar and `user_id` come from the template:
 * the claim names the user who owns the calendar, as the document's table of claims says. The user who asked stands
 * in the audit.
 */
export function addBookingLinkRoutes(routes: Routes, deps: BookingLinkDependencies): void {
  const { db, clock, linkKeys } = deps;

  routes.add(createBookingLink, async ({ body, res }) => {
    const { template_id: templateId, client_id: clientId, token_purpose: purpose } = body;
    const caller = callerOf(res);
    const { tenantId } = caller;
    const subjects = await findLinkSubjects(db, { tenantId, templateId, clientId });
    if (subjects.template === null) return refusal('not-found', { detail: 'booking template not found' });
    if (!subjects.hasClient) return refusal('not-found', { detail: 'client not found' });
    // The claims carry whole seconds, and row, claims and answer are to name one instant.
    const issuedAt = (Math.floor(clock() / 1000) * 1000) as Instant;
    const expiresAt = purpose === 'one-time-booking-link' ? ((issuedAt + ONE_TIME_MS) as Instant) : null;
    const linkId = randomId() as LinkId;
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
    const link = {
      token,
      url: `/booking/book?token=${token}`,
      purpose,
      expires_at: endsAt === null ? null : wholeSeconds(endsAt),
      created_at: wholeSeconds(createdAt),
    };
    return reply(201, succeeded('Booking link created successfully', link));
  });

  routes.add(listBookingLinks, async ({ query, req, res }) => {
    const { limit, cursor, template_id: templateId, client_id: clientId, state } = query;
    const wanted = {
      tenantId: callerOf(res).tenantId,
      at: new Date(clock()),
      templateId: templateId ?? null,
      clientId: clientId ?? null,
      state: state ?? null,
    };
    if (wantsCsv(req)) {
      const rows = allRows<ListedLink>((last, many) =>
        linksOf(db, { ...wanted, after: last ?? null, limit: many }),
      );
      return sendCsv(res, 'booking-links', exported, rows);
    }
    const after = cursor === undefined ? null : { issuedAt: new Date(cursor[0]), linkId: cursor[1] };
    const rows = await linksOf(db, { ...wanted, after, limit: limit + 1 });
    const page = pageOf(rows, limit, toJson, (link) => [link.issuedAt.getTime(), link.linkId]);
    return reply(200, succeeded('Booking links', page));
  });

  routes.add(revokeBookingLink, async ({ body, res }) => {
    const caller = callerOf(res);
    const { tenantId } = caller;
    const { jti, token } = body;
    const linkId = token === undefined ? jti : await issuedLinkIdOf(linkKeys, token);
    const link = linkId === undefined ? undefined : await findLinkOf(db, tenantId, linkId);
    if (link === undefined) return refusal('not-found', { detail: 'booking link not found' });
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
    const answer = { jti: link.link_id, revoked_at: wholeSeconds(revokedAt), state };
    return reply(state === 'confirmed' ? 200 : 202, succeeded('Booking link revoked', answer));
  });
}
