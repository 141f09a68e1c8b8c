// Names the workflow and does not hold it.
export const name = 'sessionWorkflow';
