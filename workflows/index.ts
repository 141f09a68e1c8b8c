export { bookingWorkflow } from './booking/booking-workflow.ts';
export { erasureWorkflow } from './erasure/erasure-workflow.ts';
export { housekeepingWorkflow } from './housekeeping/housekeeping-workflow.ts';
export { sessionWorkflow } from './session/session-workflow.ts';
export { webhookWorkflow } from './webhook/webhook-workflow.ts';
