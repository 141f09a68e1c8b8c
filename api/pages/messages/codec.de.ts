import type { CodecWords } from './codec.en.ts';

/** Temporal UI itself has no German: its own words stay as they are. */
export const codecDe: CodecWords = {
  title: 'Inhalte in Temporal UI lesen',
  why: 'Was Workflows gesagt wird und was sie antworten, ist verschlüsselt. Melden Sie sich an, und Ihre Temporal UI kann es eine Stunde lang zeigen.',
  token: 'Ein Bearer-Token der Rolle admin',
  onOwnMachine: 'Auf dem eigenen Rechner:',
  signIn: 'Anmelden',
  signedIn: 'Sie sind angemeldet',
  until: (time) => `Die Temporal UI dieses Browsers kann Inhalte zeigen bis ${time}.`,
  signOut: 'Abmelden',
  inUi: 'In Temporal UI',
  openIt: 'Öffnen Sie sie.',
  openUnder: (address) => `Öffnen Sie ${address}, unter genau dieser Adresse.`,
  byItself:
    'Eine UI, die diesen Server von selbst fragt, braucht nichts weiter. In jeder anderen öffnen Sie „Codec Server“ (das Symbol oben):',
  codecServer:
    'Wählen Sie „Use my browser setting“, und geben Sie die Adresse dieser Seite ohne „/login“ ein.',
  credentials:
    'Schalten Sie „Include cross-origin credentials“ ein, und wenden Sie es an. Der Browser merkt es sich.',
  notAdmin: 'Dieses Token hat nicht die Rolle admin.',
  keysAway:
    'Die Schlüssel des Ausstellers dieses Tokens sind zurzeit nicht zu bekommen. Bitte versuchen Sie es noch einmal.',
  badToken: 'Dieses Token gilt nicht oder nicht mehr.',
};
