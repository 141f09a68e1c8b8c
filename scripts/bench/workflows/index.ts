// What the bundle of the bench runs: the session, and what it is measured beside.
export { sessionWorkflow } from '../../../workflows/session/session-workflow.ts';
export { noopWorkflow } from './noop.ts';
export { shapeWorkflow } from './shape.ts';
