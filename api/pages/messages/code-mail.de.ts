import type { CodeMailWords } from './code-mail.en.ts';

export const codeMailDe: CodeMailWords = {
  subject: 'Ihr Code zur Anmeldung',
  codeIs: 'Ihr Code zur Anmeldung bei Ihren Sitzungen lautet:',
  goodFor: (minutes) =>
    `Er gilt ${minutes} Minuten lang und für eine Anmeldung. Bitte geben Sie ihn nur auf der Seite ein, auf der Sie ihn angefordert haben. Niemand von uns wird Sie je danach fragen.`,
  notAsked:
    'Wenn Sie keinen Code angefordert haben, beachten Sie diese E-Mail bitte nicht: Ohne den Code kommt niemand hinein.',
};
