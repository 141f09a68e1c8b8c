import type { Request, Response } from 'express';
import { CodedFailure } from '../../platform/failures.ts';
import type { LimitStanding } from '../limits/limits.ts';
import { sendPage } from '../pages/layout.ts';
import { loginFailedPage } from '../pages/login-pages.ts';
import { problemPage } from '../pages/notices.ts';
import { requestIdOf, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { readLoginForm } from './requests.ts';

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
  const words = 'This address is not complete. Please use the link from your e-mail.';
  if (wantsHtml(req)) sendPage(res, 400, problemPage('This does not work', words, requestIdOf(req)));
  else sendProblem(req, res, 'invalid-request', { detail: 'rd must be a path of this site.' });
}

function minutesInWords(seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

/** 429, once its headers are set. */
export function refuseLimited(req: Request, res: Response, standing: LimitStanding): void {
  if (!wantsHtml(req)) {
    sendProblem(req, res, 'too-many-requests');
    return;
  }
  const words = `This was asked for too often. Please try again in ${minutesInWords(standing.resetSeconds)}.`;
  sendPage(res, 429, loginFailedPage('Please wait a little', words, readLoginForm(req).back ?? null));
}
