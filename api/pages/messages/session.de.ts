import type { SessionWords } from './session.en.ts';

export const sessionDe: SessionWords = {
  badge: {
    opening: 'Wird vorbereitet',
    'awaiting-booking': 'Bezahlt, noch kein Termin',
    scheduled: 'Gebucht',
    locked: 'Gebucht, keine Änderungen mehr',
    settling: 'Vorbei',
    ended: 'Vorbei',
    completed: 'Hat stattgefunden',
    'no-show': 'Verpasst',
    cancelled: 'Abgesagt',
    expired: 'Abgelaufen',
    refunded: 'Erstattet',
    lateChange: 'Änderung wird geprüft',
    open: 'Jetzt offen',
  },
  opening:
    'Ihre Zahlung ist eingegangen, und Ihre Sitzung wird vorbereitet. Bitte schauen Sie in einer Minute wieder vorbei.',
  toBook: (deadline) =>
    deadline === null
      ? 'Sie ist bezahlt. Bitte buchen Sie einen Termin.'
      : `Sie ist bezahlt. Bitte buchen Sie einen Termin vor ${deadline}.`,
  rebook:
    'Ihre Sitzung ist in einen anderen Kalender umgezogen. Bitte buchen Sie dort einen Termin; bis dahin gilt der Termin unten.',
  linkComing: 'Der Buchungslink wird gerade erstellt. Bitte schauen Sie in einer Minute wieder vorbei.',
  booked: (cutoff) =>
    cutoff === null
      ? 'Ihr Termin ist gebucht.'
      : `Ihr Termin ist gebucht. Sie können ihn verschieben oder absagen bis ${cutoff}.`,
  locked: (cutoff) => `Ihr Termin ist gebucht. Er konnte verschoben oder abgesagt werden bis ${cutoff}.`,
  lateChange: (deadline) =>
    `Nach der Frist wurde um eine Änderung gebeten. ${
      deadline === null
        ? 'Wir antworten Ihnen per E-Mail.'
        : `Sie bekommen eine Antwort per E-Mail vor ${deadline}.`
    } Bis dahin bleibt alles, wie es ist.`,
  lateApproved: (until) =>
    `Ihrer Bitte wurde entsprochen. Sie können einen anderen Termin wählen bis ${until}.`,
  over: {
    completed: 'Diese Sitzung hat stattgefunden.',
    'no-show': 'Der Termin dieser Sitzung ist ohne Sie verstrichen.',
    cancelled: 'Diese Sitzung ist abgesagt.',
    expired: 'Diese Sitzung ist abgelaufen, bevor ein Termin gebucht war.',
    refunded: 'Diese Sitzung wurde erstattet.',
  },
  timePassed: 'Der Termin dieser Sitzung ist vorbei.',
  stale: 'Das ist der letzte Stand, den wir kennen; er kann einen Moment alt sein.',
  what: 'Was',
  when: 'Wann',
  until: 'Bis',
  length: 'Dauer',
  changesUntil: 'Änderungen bis',
  bookBefore: 'Zu buchen vor',
  where: 'Wo',
  place: 'Der Zugang erscheint hier, sobald er offen ist.',
  opensAt: (time) => `Der Zugang öffnet am ${time}.`,
  openNow: (until) => `Der Zugang ist offen bis ${until}.`,
  passed: 'verstrichen',
  join: 'An der Sitzung teilnehmen',
  book: 'Termin buchen',
  bookHeading: 'Termin buchen',
  bookHint: 'Wählen Sie im Kalender einen Termin.',
  bookFollows: 'Sobald er gebucht ist, zieht diese Seite von selbst nach.',
  calendarTitle: 'Kalender: Termin wählen',
  openCalendar: 'Kalender auf einer eigenen Seite öffnen',
  reschedule: 'Verschieben',
  cancel: 'Sitzung absagen',
  askLate: 'Um einen anderen Termin bitten',
  actionsHeading: 'Änderungen',
  moreHeading: 'Mehr zu dieser Sitzung',
  calendarFile: 'In Ihren Kalender übernehmen',
  receipt: 'Beleg',
  history: 'Verlauf',
  zone: (name) => `Alle Zeiten gelten in der Zeitzone ${name}.`,
  changeZone: 'Andere Zeitzone wählen',
  useZone: 'Zeiten anzeigen in',
  backToSession: 'Zurück zur Sitzung',
  updated: 'Diese Seite wurde auf den neuesten Stand gebracht.',
  withoutScripts: 'Laden Sie diese Seite neu, um zu sehen, was sich geändert hat.',
  notice: {
    'choose-time':
      'Sie können den Termin verschieben. Bitte wählen Sie die neue Zeit im Kalender; bis dahin gilt die alte.',
    'link-coming':
      'Sie können den Termin verschieben. In Kürze steht hier ein Buchungslink; bis Sie ihn genutzt haben, gilt die alte Zeit.',
    moving: 'Wir haben den Kalender um diese Zeit gebeten und schreiben Ihnen, sobald er geantwortet hat.',
    'same-time': 'Diese Zeit haben Sie bereits.',
    'late-asked':
      'Wir haben Ihre Bitte erhalten. Ein Mensch sieht sie sich an, und wir antworten per E-Mail. Bis dahin bleibt alles, wie es ist.',
    zone: 'Zeiten werden ab jetzt in Ihrer Zeitzone angezeigt.',
  },
  chooseTime: 'Neue Zeit wählen',
};
