import type { Request, Response } from 'express';
import type { Database } from '../../db/connect.ts';
import { findPage, type PageRow } from '../../db/queries/session-page.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SessionEngine } from '../gate/engine.ts';
import { type Door, sessionPath } from '../gate/paths.ts';
import { readerOf } from './language-choice.ts';
import { factsOfRow, factsOfView, type SessionFacts } from './session-facts.ts';
import type { SessionPlace } from './session-frame.ts';
import { chosenZone } from './zone-choice.ts';

export interface SessionAccessDependencies {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly clock: Clock;
}

export type SlugRequest = Request<{ slug: string }>;

/** What every page of a session begins with. */
export interface SessionAccess {
  /** The session of the request's slug, when the gate let the request through this door to it. */
  rowOf(req: SlugRequest, door: Door): Promise<PageRow | undefined>;
  /** What is known of it now: of its workflow, else of the records. */
  factsOf(row: PageRow): Promise<SessionFacts>;
  /** Whose page it is, in the language and the zone of who looks at it. */
  placeOf(req: SlugRequest, row: PageRow): SessionPlace;
  readonly now: Clock;
}

export function createSessionAccess(deps: SessionAccessDependencies): SessionAccess {
  return {
    async rowOf(req, door) {
      if (req.get('x-access') !== door) return undefined;
      const row = await findPage(deps.db, req.params.slug);
      return row !== undefined && row.sessionKey === req.get('x-session-id') ? row : undefined;
    },
    async factsOf(row) {
      const answer = await deps.engine.view(row.sessionKey);
      return answer.kind === 'answer' ? factsOfView(answer.value) : factsOfRow(row);
    },
    placeOf(req, row) {
      // The answer to a form cannot be asked for again, so that the other language is that of the session's page.
      const reader =
        req.method === 'POST'
          ? readerOf(req, row.language, sessionPath(row.slug))
          : readerOf(req, row.language);
      return {
        row,
        reader,
        zone: chosenZone(req.get('cookie')) ?? row.timeZone,
      };
    },
    now: deps.clock,
  };
}

/** Answers for a session that is not there, as everything below `/customer` that is nothing does. */
export type AnswerMissing = (req: Request, res: Response) => void;
