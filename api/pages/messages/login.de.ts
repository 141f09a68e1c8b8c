import type { LoginWords } from './login.en.ts';

export const loginDe: LoginWords = {
  loginTitle: 'Ihre Sitzung öffnen',
  forWhom: 'Diese Seite ist für die Person, die die Sitzung gebucht hat.',
  byLink: 'Mit dem Link aus Ihrer E-Mail',
  byLinkHow:
    'Bitte öffnen Sie den Link in der E-Mail, die wir Ihnen zu der Sitzung geschickt haben. Der Link meldet Sie an. Ein neuer Link ersetzt den alten; sehen Sie daher in der neuesten E-Mail nach.',
  withoutLink: 'Kein Link zur Hand?',
  email: 'Ihre E-Mail-Adresse',
  emailHint:
    'Die Adresse, mit der Sie gebucht haben. Wir schicken Ihnen einen Code zur Anmeldung oder die Links zu Ihren Sitzungen.',
  sendCode: 'Code zuschicken',
  sendLinks: 'Links noch einmal zuschicken',
  byAccount: 'Mit einem Konto',
  byAccountHow:
    'Sie können Ihr Konto bei einem anderen Anbieter benutzen, wenn es die E-Mail-Adresse hat, mit der Sie gebucht haben.',
  account: 'Mit Ihrem Konto anmelden',
  noAddress: 'Bitte geben Sie Ihre E-Mail-Adresse ein, zum Beispiel name@example.com.',
  codeEnded: 'Dieser Code gilt nicht mehr. Bitte fordern Sie einen neuen an.',

  codeTitle: 'Ihren Code eingeben',
  codeSent: (digits, minutes) =>
    `Wenn wir diese Adresse kennen, ist ein Code an sie unterwegs. Er hat ${digits} Ziffern, gilt ${minutes} Minuten lang und nur für eine Anmeldung.`,
  code: 'Code',
  logIn: 'Anmelden',
  nothingCame:
    'Nach ein paar Minuten noch nichts da? Bitte sehen Sie bei den unerwünschten E-Mails nach oder',
  askAgain: 'fordern Sie einen neuen Code an',
  newEndsOld: 'Ein neuer Code macht diesen ungültig.',
  wrongCode: 'Das ist nicht der Code.',
  triesLeft: (left) => (left === 1 ? 'Sie haben noch einen Versuch.' : `Sie haben noch ${left} Versuche.`),
  notACode: (digits) => `Ein Code hat ${digits} Ziffern.`,

  linksTitle: 'Sehen Sie in Ihre E-Mails',
  linksSent: 'Wenn wir diese Adresse kennen, sind die Links zu ihren Sitzungen an sie unterwegs.',
  tryAgain: 'versuchen Sie es noch einmal',

  listTitle: 'Ihre Sitzungen',
  loggedIn: 'Sie sind angemeldet.',
  none: 'Sie haben keine Sitzung.',
  ahead: 'Bevorstehend',
  past: 'Vergangen',
  noTime: 'Noch kein Termin',
  opening: 'Wird vorbereitet',
  unbooked: 'Bitte einen Termin buchen',
  booked: 'Gebucht',
  completed: 'Hat stattgefunden',
  noShow: 'Verpasst',
  cancelled: 'Abgesagt',
  expired: 'Abgelaufen',
  refunded: 'Erstattet',
  over: 'Vorbei',
  logOut: 'Abmelden',

  back: 'Zurück zur Anmeldung',
  beginAgain: 'Bitte beginnen Sie noch einmal',
  tookTooLong: 'Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Fenster begonnen.',
  providerAway: 'Bitte versuchen Sie es noch einmal',
  providerAwayWhy:
    'Der Anbieter Ihres Kontos antwortet nicht. Bitte versuchen Sie es in einer Minute noch einmal, oder benutzen Sie einen Code.',
  notThisAccount: 'Mit diesem Konto können Sie sich nicht anmelden',
  unverified:
    'Die E-Mail-Adresse des Kontos ist nicht bestätigt. Bitte bestätigen Sie sie dort, oder benutzen Sie einen Code.',
  unknownAccount: 'Bitte benutzen Sie die E-Mail-Adresse, mit der Sie gebucht haben.',
  waitTitle: 'Bitte warten Sie ein wenig',
  wait: (minutes) =>
    `Das wurde zu oft versucht. Bitte versuchen Sie es in ${minutes === 1 ? 'einer Minute' : `${minutes} Minuten`} noch einmal.`,
};
