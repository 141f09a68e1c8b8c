import { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import {
  appointmentLinks,
  decisionsOf,
  findPage,
  pageMark,
  type PageRow,
} from '../../db/queries/session-page.ts';
import { sessionPath } from '../gate/paths.ts';
import { methodNotAllowed } from '../problem.ts';
import { clientTold } from './history-entries.ts';
import { historyPage } from './history-page.ts';
import { sendPage } from './layout.ts';
import { receiptPage } from './receipt-page.ts';
import type { AnswerMissing, SessionAccess, SlugRequest } from './session-access.ts';
import { calendarFile, type CalendarTime } from './session-calendar.ts';
import type { SessionStreams } from './session-events.ts';
import { isZone, zoneCookie } from './zone-choice.ts';
import { zonePage } from './zone-page.ts';

export interface RecordDependencies {
  readonly db: Database;
  readonly access: SessionAccess;
  readonly streams: SessionStreams;
  /** The gateway's, for addresses that leave the page. */
  readonly gatewayOrigin: string;
  readonly readForm: readonly RequestHandler[];
  readonly answerMissing: AnswerMissing;
}

const ENTRIES_A_PAGE = 20;
const zoneBody = z.object({ zone: z.string().max(64) });
const historyQuery = z.object({ before: z.coerce.number().int().min(1).max(2_147_483_647).optional() });

/** What stands beside a session's page: receipt, history, calendar file, time zone, and the stream of its changes. */
export function createRecordRoutes(deps: RecordDependencies): Router {
  const { db, access } = deps;
  const router = Router({ caseSensitive: true, strict: true });

  /** Only for who was let through to this session's page. */
  const ofSession =
    (answer: (req: SlugRequest, res: Response, row: PageRow) => Promise<void> | void) =>
    async (req: SlugRequest, res: Response): Promise<void> => {
      const row = await access.rowOf(req, 'page');
      if (row === undefined) deps.answerMissing(req, res);
      else await answer(req, res, row);
    };

  /** When it is; else when it last was, which is not its time any more. */
  async function calendarTime(row: PageRow): Promise<CalendarTime | null> {
    const { startsAt, endsAt, outcome } = await access.factsOf(row);
    const cancelled = outcome === 'cancelled' || outcome === 'refunded' || outcome === 'expired';
    if (startsAt !== null && endsAt !== null) return { startsAt, endsAt, cancelled };
    const last = await appointmentLinks(db, row.sessionKey, null);
    return last
      ? { startsAt: last.startsAt.getTime(), endsAt: last.endsAt.getTime(), cancelled: true }
      : null;
  }

  router
    .route('/customer/s/:slug/receipt')
    .get(
      ofSession(async (req, res, row) =>
        sendPage(res, 200, receiptPage(access.placeOf(req, row), await access.factsOf(row))),
      ),
    )
    .all(methodNotAllowed('GET', 'HEAD'));

  router
    .route('/customer/s/:slug/history')
    .get(
      ofSession(async (req, res, row) => {
        const { before = null } = historyQuery.safeParse(req.query).data ?? {};
        const found = await decisionsOf(db, row.sessionKey, clientTold, before, ENTRIES_A_PAGE + 1);
        const shown = found.slice(0, ENTRIES_A_PAGE);
        const older = found.length > ENTRIES_A_PAGE ? (shown.at(-1)?.seq ?? null) : null;
        sendPage(
          res,
          200,
          historyPage(access.placeOf(req, row), shown, { older, isNewest: before === null }),
        );
      }),
    )
    .all(methodNotAllowed('GET', 'HEAD'));

  router
    .route('/customer/s/:slug/calendar.ics')
    .get(
      ofSession(async (req, res, row) => {
        const time = await calendarTime(row);
        if (time === null) {
          deps.answerMissing(req, res);
          return;
        }
        const { reader } = access.placeOf(req, row);
        const file = calendarFile(row, time, {
          pageUrl: `${deps.gatewayOrigin}${sessionPath(row.slug)}`,
          language: reader.language,
          now: access.now(),
        });
        res
          .status(200)
          .set({
            'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
            'content-disposition': 'attachment; filename="session.ics"',
          })
          .send(file);
      }),
    )
    .all(methodNotAllowed('GET', 'HEAD'));

  router
    .route('/customer/s/:slug/time-zone')
    .get(ofSession((req, res, row) => sendPage(res, 200, zonePage(access.placeOf(req, row), false))))
    .post(
      [...deps.readForm],
      ofSession((req, res, row) => {
        const zone = zoneBody.safeParse(req.body ?? {}).data?.zone;
        if (!isZone(zone)) {
          sendPage(res, 422, zonePage(access.placeOf(req, row), true));
          return;
        }
        res.append('set-cookie', zoneCookie(zone));
        res.redirect(303, `${sessionPath(row.slug)}?notice=zone`);
      }),
    )
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));

  router
    .route('/customer/s/:slug/events')
    .get(
      ofSession((req, res, row) =>
        deps.streams.open(req, res, row.sessionKey, async () => {
          const now = await findPage(db, row.slug);
          return now === undefined ? null : pageMark(now);
        }),
      ),
    )
    .all(methodNotAllowed('GET', 'HEAD'));

  return router;
}
