import type { BookingWords } from './booking.en.ts';

export const bookingDe: BookingWords = {
  bookTitle: 'Einen Termin buchen',
  hello: (firstName) => (firstName === '' ? 'Guten Tag,' : `Guten Tag ${firstName},`),
  youCan: 'diesen Termin können Sie buchen:',
  what: 'Was',
  howLong: 'Wie lange',
  minutes: (count) => (count === 1 ? '1 Minute' : `${count} Minuten`),
  nextIsCalendar:
    'Die nächste Seite ist der Kalender: Dort wählen Sie eine Zeit, und er bestätigt den Termin per E-Mail. Vorher ist nichts gebucht.',
  chooseTime: 'Zeit wählen',

  waitTitle: 'Einen Augenblick',
  wait: 'Der Kalender wird noch vorbereitet. Bitte versuchen Sie es in ein paar Sekunden noch einmal: Es bleibt eine Buchung, gleich wie oft Sie fragen.',
  goOn: 'Weiter zum Kalender',

  overTitle: 'Dieser Link führt nirgendwo mehr hin',
  spent: 'Mit diesem Link wurde Ihr Termin gebucht; damit hat er seinen Zweck erfüllt.',
  spentNext:
    'In der E-Mail des Kalenders steht alles über den Termin, auch wie Sie ihn verschieben oder absagen. Für einen weiteren Termin bitten Sie um einen neuen Link, oder öffnen Sie Ihren noch einmal, wenn es ein dauerhafter ist.',
  expired: 'Dieser Link galt für begrenzte Zeit, und die ist vorbei.',
  expiredNext: 'Bitte fragen Sie die Person, die ihn geschickt hat, nach einem neuen.',
  revoked: 'Dieser Link wurde zurückgezogen.',
  revokedNext: 'Bitte sehen Sie nach einem neueren, oder fragen Sie die Person, die ihn geschickt hat.',

  badTitle: 'Dieser Link geht nicht',
  bad: 'Die Adresse ist nicht vollständig oder keine von uns. E-Mail-Programme trennen eine lange Adresse manchmal in zwei: Bitte kopieren Sie die ganze aus der Nachricht.',
  badNext:
    'Wenn sie dann noch nicht geht, fragen Sie bitte die Person, die den Link geschickt hat, nach einem neuen.',
};
