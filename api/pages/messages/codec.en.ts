/** The sign-in of operators who read payloads in Temporal UI. */
export const codecEn = {
  title: 'Read payloads in Temporal UI',
  why: 'What workflows are told and answer is encrypted. Sign in, and your Temporal UI can show it for an hour.',
  token: 'A bearer token of role admin',
  onOwnMachine: 'On one’s own machine:',
  signIn: 'Sign in',
  signedIn: 'You are signed in',
  until: (time: string): string => `This browser’s Temporal UI can show payloads until ${time}.`,
  signOut: 'Sign out',
  inUi: 'In Temporal UI',
  openIt: 'Open it.',
  openUnder: (address: string): string => `Open ${address}, under this very address.`,
  byItself:
    'A UI that asks this server by itself needs nothing more. In any other, open “Codec Server” (the symbol at the top):',
  codecServer: 'Choose “Use my browser setting”, and enter the address of this page without “/login”.',
  credentials: 'Switch on “Include cross-origin credentials”, and apply. The browser remembers it.',
  notAdmin: 'This token is not of the role admin.',
  keysAway: 'The keys of who issued this token cannot be had now. Please try again.',
  badToken: 'This token is not good, or no longer.',
};

export type CodecWords = typeof codecEn;
