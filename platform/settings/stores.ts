import { databaseUrl, httpUrl, wholeNumber } from '../config-values.ts';
import { settingWords } from './words.ts';

const database = () => databaseUrl('where PostgreSQL is; `npm start` runs one by itself');

export const localDatabase = () => ({
  DATABASE_URL: database().optional().register(settingWords, {
    meaning: 'As above; without it an embedded PostgreSQL is started.',
    readBy: 'scripts',
    secret: true,
  }),
});

export const storeSettings = () => ({
  DATABASE_URL: database().register(settingWords, {
    meaning:
      'PostgreSQL itself, or a pooler of sessions: each API process keeps one connection that listens. ' +
      'It usually carries a password.',
    readBy: 'API and worker',
    secret: true,
  }),
  DATABASE_POOL_MAX: wholeNumber(10, 1, 1000).register(settingWords, {
    meaning: 'The most connections that one process opens; an API process has the listening one besides.',
    readBy: 'API and worker',
    unit: 'connections',
  }),
  TEMPORAL_UI_URL: httpUrl('where Temporal UI is').optional().register(settingWords, {
    meaning: 'Where Temporal UI is: links to runs lead there, and its pages may ask the codec.',
    readBy: 'API and worker',
    otherwise: 'no links to runs',
  }),
});
