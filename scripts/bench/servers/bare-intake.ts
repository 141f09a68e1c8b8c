// The floor of taking something in: Express, the bytes, one INSERT.
import express from 'express';
import pg from 'pg';
import { answerParent } from '../child.ts';
import { listenAnywhere } from '../listen.ts';

export interface BareIntakeSettings {
  readonly databaseUrl: string;
  readonly poolMax: number;
}

const tasks = {
  async start({ databaseUrl, poolMax }: BareIntakeSettings): Promise<string> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax });
    pool.on('error', () => undefined);
    await pool.query('create table bare_inbox (id bigserial primary key, body bytea not null)');
    const app = express();
    app.set('etag', false);
    app.disable('x-powered-by');
    app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
      await pool.query('insert into bare_inbox (body) values ($1)', [req.body]);
      res.status(200).json({ status: 'stored' });
    });
    return `${await listenAnywhere(app)}/webhook`;
  },
};
export type BareIntakeTasks = typeof tasks;

answerParent(tasks);
