export { bookingWorkflow } from './booking/booking-workflow.ts';
export { sessionWorkflow } from './session/session-workflow.ts';
export { webhookWorkflow } from './webhook/webhook-workflow.ts';
