import type { Request, Response } from 'express';
import { CodedFailure } from '../../platform/failures.ts';
import { loginPath } from '../gate/paths.ts';
import type { LimitStanding } from '../limits/limits.ts';
import { readerOf } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { loginFailedPage } from '../pages/login-pages.ts';
import { loginWords } from '../pages/messages/login.ts';
import { problemPage } from '../pages/notices.ts';
import { requestIdOf, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { readLoginForm } from './requests.ts';

/** Where people go on from an answer that cannot be asked for again. */
const LOGIN = loginPath(null);

/** @throws {CodedFailure} `store-unavailable` for whatever went wrong. */
export async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new CodedFailure('store-unavailable', 'the login could not be read or written', { cause });
  }
}

/** 400: where to go back to is not ours. It is not repeated. */
export function refuseReturnPath(req: Request, res: Response): void {
  if (wantsHtml(req))
    sendPage(res, 400, problemPage(readerOf(req, null, LOGIN), 'incomplete', requestIdOf(req)));
  else sendProblem(req, res, 'invalid-request', { detail: 'rd must be a path of this site.' });
}

/** 429, once its headers are set. */
export function refuseLimited(req: Request, res: Response, standing: LimitStanding): void {
  if (!wantsHtml(req)) {
    sendProblem(req, res, 'too-many-requests');
    return;
  }
  const back = readLoginForm(req).back ?? null;
  const reader = readerOf(req, null, loginPath(back));
  const words = loginWords[reader.language];
  const why = words.wait(Math.max(1, Math.ceil(standing.resetSeconds / 60)));
  sendPage(res, 429, loginFailedPage(reader, { title: words.waitTitle, why, back }));
}
