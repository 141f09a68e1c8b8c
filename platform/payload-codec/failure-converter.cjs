// CommonJS, because the SDK loads it by path with `require`, in the process and in the workflow bundle alike.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Puts messages and stack traces into a payload, so that the codec encrypts them as well. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
