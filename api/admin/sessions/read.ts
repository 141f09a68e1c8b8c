import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { findSessionRow } from '../../../db/queries/session-list.ts';
import { linksOfSession } from '../../../db/queries/session-story.ts';
import { PAID_ELSEWHERE } from '../../../platform/paid-elsewhere.ts';
import { sessionRouteId } from '../../../platform/session-ids.ts';
import { callerOf } from '../../auth/caller.ts';
import type { SessionEngine } from '../../gate/engine.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import { limitSchema } from '../paging.ts';
import { sessionParams } from './fields.ts';
import { liveSchema, toLive } from './live.ts';
import { type RunUrl, sessionExample, sessionSchema, toSession } from './model.ts';
import type { SessionPlaces } from './places.ts';
import { timelineCursor, timelinePage, timelineSchema } from './timeline.ts';

/** The whole of nearly every session's. */
const FIRST_ENTRIES = 200;

const shared = {
  tag: 'sessions',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  params: sessionParams,
} as const;

const wholeSchema = z
  .object({
    ...sessionSchema.shape,
    order_id: z.string(),
    line_id: z.string(),
    unit: z.int().meta({ description: 'Which of the line’s, from 0.' }),
    ticket_id: z.int().nullable(),
    route_id: z.string().meta({ description: 'Of its route at the gateway, where it has one of its own.' }),
    page_url: z.string().meta({ description: 'The client’s page, behind the gate.' }),
    ticket_url: z.string().nullable().meta({ description: 'The ticket in Zammad.' }),
    order_url: z.string().nullable().meta({
      description: 'The order in the shop’s dashboard; null for a session that was paid elsewhere.',
    }),
    refused_values: z
      .array(z.object({ field: z.string(), value: z.string(), code: z.string() }))
      .meta({ description: 'What the shop said of it that could not be used.' }),
    links: z.array(
      z.object({
        id: z.string(),
        state: z.enum(['good', 'revoked']),
        issued_at: z.iso.datetime(),
        revoked_at: z.iso.datetime().nullable(),
      }),
    ),
    live: liveSchema.nullable().meta({ description: 'Null when the workflow cannot be asked.' }),
    timeline: timelineSchema,
  })
  .meta({ id: 'WholeSession', description: 'All that is known of a session.' });

export const readSessionOperation = describeOperation({
  ...shared,
  id: 'getSession',
  method: 'get',
  path: '/api/v1/admin/sessions/{id}',
  summary: 'One session: its records, what its workflow says, and its timeline',
  answers: {
    200: {
      description: 'The session.',
      body: wholeSchema,
      example: {
        ...sessionExample,
        order_id: 'T3JkZXI6MQ==',
        line_id: 'T3JkZXJMaW5lOjE=',
        unit: 0,
        ticket_id: 7,
        route_id: 'sess-abcdefghijklmnopqrstuv',
        page_url: 'https://gateway.example.com/customer/s/abcdefghijklmnopqrstuv',
        ticket_url: 'https://zammad.example.com/#ticket/zoom/7',
        order_url: 'https://shop.example.com/dashboard/orders/T3JkZXI6MQ%3D%3D',
        refused_values: [],
        links: [
          {
            id: 'abcdefghijklmnopqrstuv-1',
            state: 'good',
            issued_at: '2026-12-07T09:00:01.000Z',
            revoked_at: null,
          },
        ],
        live: null,
        timeline: {
          items: [
            {
              kind: 'decision',
              seq: 1,
              at: '2026-12-07T09:00:00.000Z',
              event: 'clock.opened',
              from: 'opening',
              to: 'opening',
              reason: 'opened',
            },
            {
              kind: 'gateway',
              at: '2026-12-07T09:12:00.000Z',
              event: 'gateway.opened',
              status: 200,
              reason: 'first-opening',
            },
          ],
          next_cursor: null,
        },
      },
    },
  },
  refusals: [],
});

export const readTimelineOperation = describeOperation({
  ...shared,
  id: 'getSessionTimeline',
  method: 'get',
  path: '/api/v1/admin/sessions/{id}/timeline',
  summary: 'What happened in a session, oldest first: its decisions, and what the gateway told',
  query: z.strictObject({ limit: limitSchema, cursor: timelineCursor.optional() }),
  answers: { 200: { description: 'A page of entries.', body: timelineSchema } },
  refusals: [],
});

export function addSessionReads(
  routes: Routes,
  {
    db,
    engine,
    runUrl,
    places,
  }: {
    readonly db: Database;
    readonly engine: Pick<SessionEngine, 'view'>;
    readonly runUrl: RunUrl;
    readonly places: SessionPlaces;
  },
): void {
  routes.add(readSessionOperation, async ({ params, res }) => {
    const row = await findSessionRow(db, callerOf(res).tenantId, params.id);
    if (row === undefined) return refusal('not-found');
    const [links, view, timeline] = await Promise.all([
      linksOfSession(db, params.id),
      engine.view(params.id),
      timelinePage(db, params.id, null, FIRST_ENTRIES),
    ]);
    const whole: z.input<typeof wholeSchema> = {
      ...toSession(row, runUrl),
      order_id: row.order_id,
      line_id: row.line_id,
      unit: row.unit,
      ticket_id: row.ticket_id,
      route_id: sessionRouteId(params.id),
      page_url: places.page(row.slug),
      ticket_url: row.ticket_id === null ? null : places.ticket(row.ticket_id),
      order_url: row.saleor_domain === PAID_ELSEWHERE ? null : places.order(row.saleor_domain, row.order_id),
      refused_values: [...row.refused],
      links: links.map((link) => ({
        id: link.link_id,
        state: link.revoked_at === null ? 'good' : 'revoked',
        issued_at: link.issued_at.toISOString(),
        revoked_at: link.revoked_at?.toISOString() ?? null,
      })),
      live: view.kind === 'answer' ? toLive(view.value) : null,
      timeline: { ...timeline, items: [...timeline.items] },
    };
    return reply(200, whole);
  });
  routes.add(readTimelineOperation, async ({ params, query, res }) => {
    const row = await findSessionRow(db, callerOf(res).tenantId, params.id);
    if (row === undefined) return refusal('not-found');
    return reply(200, await timelinePage(db, params.id, query.cursor ?? null, query.limit));
  });
}
