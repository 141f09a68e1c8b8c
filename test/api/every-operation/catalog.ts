import { expect } from '@jest/globals';
import type { Calls } from './rig.ts';

const calendar = { user_id: 5, name: 'Second calendar', provider: 'calendly', event_type: 'E' } as const;
const client = { email: 'every.operation@example.com', first_name: 'Every', last_name: 'Operation' } as const;

export const catalogCalls = {
  createCalendar: ({ as }) => as.admin.createCalendar({ body: calendar }),
  listCalendars: ({ as }) => as.admin.listCalendars({ query: { limit: 1 } }),
  getCalendar: ({ as }) => as.admin.getCalendar({ path: { id: 1 } }),
  createTemplate: async ({ as }) => {
    const body = { calendar_id: 1, name: 'Second template', duration_minutes: 30 };
    expect((await as.admin.createTemplate({ body: { ...body, calendar_id: 999 } })).status).toBe(404);
    return as.admin.createTemplate({ body });
  },
  listTemplates: ({ as }) => as.admin.listTemplates(),
  getTemplate: ({ as }) => as.admin.getTemplate({ path: { id: 1 } }),
  createClient: async ({ as }) => {
    expect((await as.admin.createClient({ body: client })).status).toBe(201);
    expect((await as.admin.createClient({ body: client })).status).toBe(409);
  },
  listClients: ({ as }) => as.admin.listClients({ accept: 'text/csv' }),
  getClient: async ({ as }) => {
    expect((await as.admin.getClient({ path: { id: 999_999 } })).status).toBe(404);
    return as.admin.getClient({ path: { id: 123 } });
  },
} as const satisfies Calls;
