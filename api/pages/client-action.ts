/** What a client may ask of a session on its page; each is a path below the session's. */
export const CLIENT_ACTIONS = ['reschedule', 'cancel', 'late-change'] as const;

export type ClientAction = (typeof CLIENT_ACTIONS)[number];
