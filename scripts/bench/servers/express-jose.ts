// What a usual forward-auth does: a route of Express that verifies the cookie's signature each time.
import express from 'express';
import { jwtVerify } from 'jose';
import { readCookie } from '../../../platform/cookies.ts';
import { answerParent, cpuMicros } from '../child.ts';
import { listenAnywhere } from '../listen.ts';

export interface ExpressJoseSettings {
  readonly secret: Uint8Array;
  readonly cookieName: string;
}

const tasks = {
  start({ secret, cookieName }: ExpressJoseSettings) {
    const key = new Uint8Array(secret);
    const app = express();
    app.set('etag', false);
    app.disable('x-powered-by');
    app.get('/forward-auth', async (req, res) => {
      try {
        const cookie = readCookie(req.headers.cookie, cookieName);
        const { payload } = await jwtVerify(cookie ?? '', key, { algorithms: ['HS256'] });
        res.set({
          'X-Session-Id': String(payload['session_id']),
          'X-Client-Id': String(payload['client_id']),
          'X-Tenant-Id': String(payload['tenant_id']),
          'X-Access': 'page',
        });
        res.status(200).end();
      } catch {
        res.status(401).end();
      }
    });
    return listenAnywhere(app);
  },
  cpuMicros,
};
export type ExpressJoseTasks = typeof tasks;

answerParent(tasks);
