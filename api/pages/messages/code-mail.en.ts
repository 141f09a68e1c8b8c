/** The mail with a code to log in. */
export const codeMailEn = {
  subject: 'Your code to log in',
  codeIs: 'Your code to log in to your sessions is:',
  goodFor: (minutes: number): string =>
    `It is good for ${minutes} minutes and for one login. Please type it only on the page where you asked for it. Nobody of us will ever ask you for it.`,
  notAsked: 'If you did not ask for a code, please ignore this e-mail: without the code nobody gets in.',
};

export type CodeMailWords = typeof codeMailEn;
