import type { OperatorFrameWords } from './operator-frame.en.ts';

export const operatorFrameDe: OperatorFrameWords = {
  brand: 'Latchkey',
  skip: 'Zum Inhalt',
  navigation: 'Bereiche',
  places: {
    overview: 'Übersicht',
    sessions: 'Sitzungen',
    bookings: 'Buchungen',
    inbox: 'Eingang',
    health: 'Zustand',
    schedules: 'Zeitpläne',
    webhooks: 'Ausgang',
    catalog: 'Katalog',
    audit: 'Protokoll',
  },
  who: (name, tenant) => `${name}, Mandant ${tenant}`,
  signOut: 'Abmelden',
  times: (zone) => `Zeiten in ${zone}`,
  changeZone: 'Ändern',
  requestId: (id) => `Anfrage ${id}`,
  reason: 'Grund',
  reasonHint: 'Nur für das Protokoll.',
  optional: 'freiwillig',
  back: 'Zurück',

  signIn: {
    title: 'Anmelden',
    lead: 'Für den Betrieb: Sitzungen, Buchungen und alles, was Aufmerksamkeit braucht.',
    withAccount: 'Mit Ihrem Konto anmelden',
    or: 'Oder mit einem Token',
    token: 'Ein Bearer-Token der Rolle admin',
    tokenHint: 'Auf dem eigenen Rechner:',
    submit: 'Anmelden',
    over: 'Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.',
    signedOut: 'Sie sind abgemeldet.',
    badToken: 'Dieses Token gilt nicht oder nicht mehr.',
    wrongRole: 'Für den Betrieb ist die Rolle admin nötig. Dieses Token hat eine andere.',
    keysAway:
      'Die Schlüssel des Ausstellers sind gerade nicht zu bekommen. Bitte versuchen Sie es noch einmal.',
    tooMany: (seconds) => `Zu viele Versuche. Bitte versuchen Sie es in ${seconds} Sekunden noch einmal.`,
    storeAway: 'Die Datenbank antwortet nicht. Bitte versuchen Sie es noch einmal.',
    provider: {
      'no-state':
        'Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Fenster begonnen. Bitte beginnen Sie neu.',
      refused: 'Der Anbieter Ihres Kontos hat Sie nicht eingelassen.',
      'provider-unavailable':
        'Der Anbieter Ihres Kontos antwortet nicht. Bitte versuchen Sie es in einer Minute noch einmal.',
      'no-role':
        'Ihr Konto hat hier keinen Mandanten oder keine Rolle. Wer es verwaltet, kann ihm beides geben.',
    },
  },

  again: {
    overTitle: 'Ihre Anmeldung ist abgelaufen',
    over: 'Es wurde nichts ausgeführt, und nichts von Ihrer Eingabe ist verloren.',
    overSteps:
      'Melden Sie sich in einem anderen Fenster an. Kommen Sie dann hierher zurück, und senden Sie ab.',
    signInElsewhere: 'In einem anderen Fenster anmelden',
    oldTitle: 'Bitte sehen Sie noch einmal hin',
    old: 'Dieses Formular stammt aus einer früheren Anmeldung, deshalb wurde noch nichts ausgeführt. Es besagt:',
    send: 'Absenden',
  },

  zone: {
    title: 'Zeitzone',
    lead: 'In dieser Zone werden Zeiten in diesem Browser gezeigt und gelesen.',
    label: 'Zeitzone',
    save: 'Speichern',
    unknown: 'Das ist keine Zeitzone der tz-Datenbank, wie etwa Europe/Berlin.',
  },

  failed: {
    'not-found': {
      title: 'Hier ist nichts',
      words: 'Es existiert nicht, oder es gehört einem anderen Mandanten.',
    },
    'not-allowed': {
      title: 'Nicht erlaubt',
      words: 'Ihre Rolle darf das nicht sehen oder tun.',
    },
    'cross-site': {
      title: 'Nicht von hier',
      words: 'Dieses Formular kam nicht von einer unserer Seiten, deshalb wurde nichts ausgeführt.',
    },
    'engine-unavailable': {
      title: 'Temporal antwortet nicht',
      words:
        'Nichts ist verloren: Die Sitzungen laufen weiter, sobald es wieder da ist. Bitte versuchen Sie es noch einmal.',
    },
    'store-unavailable': {
      title: 'Die Datenbank antwortet nicht',
      words: 'Es wurde nichts geändert. Bitte versuchen Sie es noch einmal.',
    },
    'too-many-requests': {
      title: 'Zu viele Anfragen',
      words: 'Bitte versuchen Sie es in einer Minute noch einmal.',
    },
    'invalid-request': {
      title: 'Diese Adresse fragt nach etwas, das es nicht gibt',
      words: 'Bitte gehen Sie zurück, und wählen Sie neu.',
    },
    other: {
      title: 'Etwas ist fehlgeschlagen',
      words: 'Es steht unter der Nummer unten im Log. Bitte versuchen Sie es noch einmal.',
    },
  },

  told: {
    done: (act) => `${act}: erledigt.`,
    unconfirmed: (act) =>
      `${act}: eingetragen, aber noch nicht bestätigt. Sehen Sie in einer Minute wieder nach; dasselbe Formular noch einmal bewirkt es nur einmal.`,
    refused: (act, why) => `${act}: abgelehnt, denn ${why}.`,
    since: (when) => `Seit ${when}.`,
    failed: (act, why) => `${act}: nicht ausgeführt. ${why}`,
    code: (code) => `Code: ${code}`,
    many: (act, count) => `${act}: für ${count} erledigt.`,
  },
};
