import type { Request, Response } from 'express';
import { requestIdOf } from '../problem.ts';

/** The answer of the Booking Link API, in the order in which its contract writes it. */
function send(
  res: Response,
  status: number,
  body: { success: boolean; message: string; data: unknown; error: string | null },
): void {
  if (!res.hasHeader('cache-control')) res.set('cache-control', 'no-store');
  const { success, message, data, error } = body;
  res.status(status).type('application/json').send(JSON.stringify({ success, message, data, error }));
}

export function sendData(res: Response, status: number, message: string, data: object): void {
  send(res, status, { success: true, message, data, error: null });
}

/** @param error details for who made the request; no value of theirs, and nothing of ours. */
export function sendRefusal(res: Response, status: number, message: string, error = ''): void {
  send(res, status, { success: false, message, data: null, error });
}

/** What failed on our side has no message; `error` is the id under which the log has the details. */
export function sendFailure(req: Request, res: Response, status = 500): void {
  sendRefusal(res, status, '', requestIdOf(req) ?? '');
}
