import type { Calls } from './rig.ts';

export const auditCalls = {
  listAudit: async ({ as }) => {
    await as.admin.createCalendar({
      body: { user_id: 5, name: 'For the audit', provider: 'calendly', event_type: 'E' },
    });
    await as.admin.listAudit({ query: { action: 'calendar.created' } });
    await as.admin.listAudit({ accept: 'text/csv' });
  },
} as const satisfies Calls;
