/** What a client is told on coming back to the session's page after acting. */
export const SESSION_NOTICES = [
  'choose-time',
  'link-coming',
  'moving',
  'same-time',
  'late-asked',
  'zone',
] as const;

export type SessionNotice = (typeof SESSION_NOTICES)[number];
