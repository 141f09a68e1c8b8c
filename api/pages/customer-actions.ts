import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { appointmentLinks, findPage, type PageRow } from '../../db/queries/session-page.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { Verdict } from '../../workflows/contract/messages.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { type SessionEngine, type UpdateAnswer, updateIdOf } from '../gate/engine.ts';
import { sessionPath } from '../gate/paths.ts';
import type { ReadGate } from '../gate/read-gate.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { cancelledPage, questionPage, refusedPage, unknownOutcomePage } from './action-page.ts';
import { CLIENT_ACTIONS, type ClientAction } from './client-action.ts';
import { sendPage } from './layout.ts';
import type { SessionNotice } from './session-notice.ts';
import type { AnswerMissing, SessionAccess, SlugRequest } from './session-access.ts';
import { calendarFile } from './session-calendar.ts';
import type { SessionFacts } from './session-facts.ts';
import { readStart, type StartInput } from './start-input.ts';
import { webAddress } from './web-address.ts';

const actionBody = z.object({
  nonce: z.string().min(1).max(200).optional(),
  /** Of a reschedule: where to, for a provider whose API moves appointments. Others go on at its page. */
  startsAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text) as Instant)
    .optional(),
  /** The same from the page's form: a local time, its zone, and which of two that are called the same. */
  start: z.string().max(40).optional(),
  zone: z.string().max(64).optional(),
  which: z.enum(['first', 'second']).optional(),
});

export interface ActionDependencies {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly readGate: ReadGate;
  readonly access: SessionAccess;
  /** The gateway's, for addresses that leave the page. */
  readonly gatewayOrigin: string;
  /** What stands before a form of ours is read. */
  readonly readForm: readonly RequestHandler[];
  readonly answerMissing: AnswerMissing;
  readonly answerOver: AnswerMissing;
  /** 409: there is nobody to ask, for a reason that passes. */
  readonly answerClosed: AnswerMissing;
}

/** One request of a client's, and what it is answered with. */
interface Asked {
  readonly action: ClientAction;
  readonly row: PageRow;
  readonly key: string;
  readonly startsAt: Instant | undefined;
  /** As the session was before; only where the answer needs it. */
  readonly before: SessionFacts | null;
}

/** What the session's page says to whoever comes back to it. */
function noticeAfter(
  action: Exclude<ClientAction, 'cancel'>,
  next: Extract<Verdict, { accepted: true }>['next'],
): SessionNotice {
  if (action === 'late-change') return 'late-asked';
  switch (next) {
    case 'provider-page':
      return 'choose-time';
    case 'booking-link':
      return 'link-coming';
    case 'moving':
      return 'moving';
    case 'none':
      return 'same-time';
  }
}

/** `GET` asks, with what follows told before; `POST` acts, and leads back to the session's page. */
export function createActionRoutes(deps: ActionDependencies): Router {
  const { access, engine, answerMissing } = deps;
  const router = Router({ caseSensitive: true, strict: true });

  function ask(
    key: SessionKey,
    action: ClientAction,
    startsAt: Instant | undefined,
    id: string,
  ): Promise<UpdateAnswer> {
    switch (action) {
      case 'reschedule':
        return engine.update(
          key,
          'reschedule',
          { by: 'client', ...(startsAt !== undefined && { startsAt }) },
          id,
        );
      case 'cancel':
        return engine.update(key, 'cancel', { by: 'client', refund: 'policy' }, id);
      case 'late-change':
        return engine.update(key, 'requestLateChange', { by: 'client' }, id);
    }
  }

  async function rescheduleUrlOf(row: PageRow): Promise<string | null> {
    const { appointment } = await access.factsOf(row);
    const links = await appointmentLinks(deps.db, row.sessionKey, appointment);
    return webAddress(links?.rescheduleUrl ?? null);
  }

  /** The address of a session that is over leads nowhere, so that the file which takes it out of a calendar comes along. */
  async function answerCancelled(req: SlugRequest, res: Response, { row, before }: Asked): Promise<void> {
    const now = (await findPage(deps.db, row.slug)) ?? row;
    const place = access.placeOf(req, now);
    const { startsAt = null, endsAt = null } = before ?? {};
    const file =
      startsAt === null || endsAt === null
        ? null
        : calendarFile(
            now,
            { startsAt, endsAt, cancelled: true },
            {
              pageUrl: `${deps.gatewayOrigin}${sessionPath(row.slug)}`,
              language: place.reader.language,
              now: access.now(),
            },
          );
    sendPage(res, 200, cancelledPage(place, file));
  }

  async function answerAccepted(
    req: SlugRequest,
    res: Response,
    asked: Asked,
    next: Extract<Verdict, { accepted: true }>['next'],
  ): Promise<void> {
    const { action, row } = asked;
    if (!wantsHtml(req)) {
      const url = next === 'provider-page' ? await rescheduleUrlOf(row) : null;
      res.json({ accepted: true, next, url });
    } else if (action === 'cancel') await answerCancelled(req, res, asked);
    // Another address, so that a reload asks for nothing a second time.
    else res.redirect(303, `${sessionPath(row.slug)}?notice=${noticeAfter(action, next)}`);
  }

  async function answer(req: SlugRequest, res: Response, asked: Asked, given: UpdateAnswer): Promise<void> {
    const html = wantsHtml(req);
    const { action, row, key, startsAt } = asked;
    res.set('idempotency-key', key);
    switch (given.kind) {
      case 'answer': {
        const { verdict } = given;
        if (verdict.accepted) await answerAccepted(req, res, asked, verdict.next);
        else if (html) {
          const place = { ...access.placeOf(req, row), now: access.now() };
          sendPage(res, 409, refusedPage(verdict.reason, verdict.at, place, await access.factsOf(row)));
        } else sendProblem(req, res, 'refused', { reason: verdict.reason, at: verdict.at });
        return;
      }
      case 'unknown': {
        const again = {
          nonce: key,
          ...(startsAt !== undefined && { startsAt: new Date(startsAt).toISOString() }),
        };
        if (html) sendPage(res, 202, unknownOutcomePage(action, again, access.placeOf(req, row)));
        else sendProblem(req, res, 'outcome-unknown');
        return;
      }
      case 'not-found': {
        const reading = await deps.readGate(row.sessionKey);
        if (reading.kind === 'over' || (reading.kind === 'gate' && reading.gate.state === 'over'))
          deps.answerOver(req, res);
        else deps.answerClosed(req, res);
        return;
      }
      case 'unavailable':
        throw new CodedFailure('engine-unavailable', given.why);
    }
  }

  async function question(
    req: SlugRequest,
    res: Response,
    action: ClientAction,
    row: PageRow,
    wrong?: {
      readonly input: StartInput;
      readonly problem: NonNullable<Parameters<typeof questionPage>[0]['wrong']>['problem'];
    },
  ): Promise<void> {
    const page = {
      ...access.placeOf(req, row),
      facts: await access.factsOf(row),
      now: access.now(),
      nonce: randomUUID(),
      ...(wrong !== undefined && { wrong }),
    };
    sendPage(res, wrong === undefined ? 200 : 422, questionPage(page, action));
  }

  function act(action: ClientAction) {
    return async (req: SlugRequest, res: Response): Promise<void> => {
      const row = await access.rowOf(req, 'page');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const body = actionBody.safeParse(req.body ?? {});
      const header = req.get('idempotency-key');
      if (!body.success || (header !== undefined && !/^[\x21-\x7e]{1,200}$/.test(header))) {
        sendProblem(req, res, 'invalid-request');
        return;
      }
      const { nonce, start, zone, which } = body.data;
      let { startsAt } = body.data;
      if (action === 'reschedule' && start !== undefined) {
        const input = { local: start, zone: zone ?? row.timeZone, which };
        const read = readStart(input, access.now());
        if (!read.ok) {
          if (wantsHtml(req)) await question(req, res, action, row, { input, problem: read.problem });
          else sendProblem(req, res, 'invalid-request', { reason: `start-${read.problem}` });
          return;
        }
        startsAt = read.startsAt as Instant;
      }
      const key = header ?? nonce ?? randomUUID();
      // Another time under the same key is another request.
      const id = updateIdOf(row.sessionKey, startsAt === undefined ? action : `${action}|${startsAt}`, key);
      const before = action === 'cancel' && wantsHtml(req) ? await access.factsOf(row) : null;
      await answer(
        req,
        res,
        { action, row, key, startsAt, before },
        await ask(row.sessionKey, action, startsAt, id),
      );
    };
  }

  for (const action of CLIENT_ACTIONS)
    router
      .route(`/customer/s/:slug/${action}`)
      .get(async (req: Request<{ slug: string }>, res) => {
        const row = await access.rowOf(req, 'page');
        if (row === undefined) answerMissing(req, res);
        else await question(req, res, action, row);
      })
      .post([...deps.readForm], act(action))
      .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  return router;
}

/** Reads a form, or a program's JSON, of our own origin. */
export function formReader(
  sameOrigin: RequestHandler,
  formOrJson: RequestHandler,
): readonly RequestHandler[] {
  return [
    sameOrigin,
    formOrJson,
    express.urlencoded({ extended: false, limit: '8kb' }),
    express.json({ limit: '8kb' }),
  ];
}
