/** The sandbox's own event type for sessions that last seconds. */
export const DEMO_EVENT_TYPE = 'b0c1d2e3-0000-4000-8000-000000000004';
/** The same at Cal.com. */
export const DEMO_CALCOM_EVENT_TYPE = 8;
export const DEMO_DURATION_MS = 4500;
