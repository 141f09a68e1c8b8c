export { sessionWorkflow } from './session/session-workflow.ts';
