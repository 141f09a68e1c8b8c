import type { NoticesWords } from './notices.en.ts';

export const noticesDe: NoticesWords = {
  overTitle: 'Diese Sitzung ist vorbei',
  over: 'Diese Adresse führt nirgendwo mehr hin.',
  overNext: 'Wenn Sie dazu eine Frage haben, antworten Sie bitte auf eine unserer E-Mails zu dieser Sitzung.',

  notYoursTitle: 'Das ist die Adresse einer anderen Sitzung',
  notYours:
    'Diese Adresse gehört zu einer anderen Sitzung. Bitte benutzen Sie den Link aus der E-Mail zu dieser Sitzung.',
  openingTitle: 'Einen Augenblick',
  opening: 'Ihre Sitzung wird vorbereitet. Bitte versuchen Sie es in einer Minute noch einmal.',
  notBookedTitle: 'Noch kein Termin gebucht',
  notBooked:
    'Für diese Sitzung ist noch kein Termin gebucht. Bitte buchen Sie zuerst einen auf der Seite der Sitzung.',
  notYetTitle: 'Es ist noch zu früh',
  notYet: (at) =>
    at === null ? 'Das ist noch nicht offen.' : `Das öffnet am ${at}. Bitte kommen Sie dann wieder.`,
  noLongerTitle: 'Es ist zu spät',
  noLonger: (at) => (at === null ? 'Das ist nicht mehr offen.' : `Das war offen bis ${at}.`),
  closedTitle: 'Zurzeit geschlossen',
  closed:
    'Diese Sitzung ist zurzeit geschlossen. Bitte antworten Sie auf die E-Mail dazu; wir sehen es uns dann an.',
  toSession: 'Zur Seite der Sitzung',
  toLogin: 'Zur Anmeldung',

  tryAgainTitle: 'Bitte versuchen Sie es noch einmal',
  cannotTell:
    'Wir können Ihren Zugang zurzeit nicht prüfen. Bitte versuchen Sie es in einer Minute noch einmal.',
  failed: 'Das hat nicht geklappt. Bitte versuchen Sie es in einer Minute noch einmal.',
  failedNothingLost:
    'Das hat nicht geklappt, und nichts ist verloren. Bitte versuchen Sie es in einer Minute noch einmal.',
  notFoundTitle: 'Nicht gefunden',
  notFound: 'Hier ist nichts.',
  notNowTitle: 'Das geht jetzt nicht',
  notNow: 'Bitte versuchen Sie es später noch einmal.',
  incompleteTitle: 'So geht es nicht',
  incomplete: 'Diese Adresse ist nicht vollständig. Bitte benutzen Sie den Link aus Ihrer E-Mail.',
  tooManyTitle: 'Einen Augenblick',
  tooMany:
    'Aus Ihrem Netz kamen viele Versuche. Bitte warten Sie ein wenig und versuchen Sie es dann noch einmal.',
  requestNumber: 'Wenn Sie uns dazu schreiben, geben Sie bitte diese Nummer an:',
};
