import type { NoticeWords } from './notices.en.ts';

export const noticesDe: NoticeWords = {
  topics: {
    link: {
      subject: 'Ihre Sitzung',
      client: [
        'Vielen Dank für Ihre Zahlung. Ihre Sitzung hat eine eigene Seite.',
        'Dort wählen oder sehen Sie den Termin, ändern ihn, solange das möglich ist, und nehmen teil, wenn es losgeht.',
      ],
    },
    booked: {
      subject: 'Ihre Sitzung ist gebucht',
      client: ['Ihre Sitzung ist gebucht.'],
    },
    moved: {
      subject: 'Ihre Sitzung wurde verschoben',
      client: ['Ihre Sitzung hat einen neuen Termin.'],
    },
    'move-refused': {
      subject: 'Bitte wählen Sie einen anderen Termin',
      client: [
        'Der gewünschte Termin war nicht zu haben. Ihre Sitzung bleibt, wie sie war.',
        'Auf der Seite Ihrer Sitzung können Sie einen anderen Termin wählen.',
      ],
    },
    rebook: {
      subject: 'Bitte wählen Sie einen neuen Termin',
      client: [
        'Ihr Termin wurde abgesagt; Ihre Sitzung bleibt bezahlt.',
        'Bitte wählen Sie auf der Seite Ihrer Sitzung einen neuen Termin.',
      ],
    },
    'host-asks-reschedule': {
      subject: 'Bitte wählen Sie einen anderen Termin',
      client: ['Ihr Gastgeber bittet Sie, für Ihre Sitzung einen anderen Termin zu wählen.'],
    },
    'provider-changed': {
      subject: 'Bitte buchen Sie Ihren Termin noch einmal',
      client: [
        'Wir vergeben Termine jetzt in einem anderen Kalender. Bitte buchen Sie Ihren Termin auf der Seite Ihrer Sitzung noch einmal.',
        'Bis dahin gilt Ihr Termin unten. Er wird von selbst abgesagt, sobald es den neuen gibt.',
      ],
    },
    locked: {
      subject: 'Ihre Sitzung kann nicht mehr geändert werden',
      client: ['Die Frist zum Verschieben oder Absagen ist vorbei. Wir freuen uns auf Ihre Sitzung.'],
    },
    'late-change-requested': {
      subject: 'Späte Änderung gewünscht',
      client: [
        'Ihr Wunsch nach einer späten Änderung ist angekommen. Ein Mensch sieht ihn sich an, und Sie hören von uns.',
      ],
    },
    'late-change-reminder': {
      subject: 'Späte Änderung wartet noch auf eine Antwort',
      client: ['Ihr Wunsch nach einer späten Änderung wird noch geprüft. Sie hören von uns.'],
    },
    'late-change-withdrawn': {
      subject: 'Späte Änderung zurückgezogen',
      client: ['Ihre späte Änderung ist nicht mehr nötig. Ihre Sitzung bleibt, wie sie war.'],
    },
    'late-change-approved': {
      subject: 'Späte Änderung angenommen',
      client: ['Ihre späte Änderung ist angenommen.'],
    },
    'late-change-declined': {
      subject: 'Späte Änderung abgelehnt',
      client: ['Ihre späte Änderung konnten wir nicht annehmen. Ihre Sitzung bleibt, wie sie war.'],
    },
    'late-change-declined-but-moved': {
      subject: 'Späte Änderung abgelehnt, aber im Kalender schon verschoben',
      client: [
        'Ihre späte Änderung konnten wir nicht annehmen. Ihre Sitzung bleibt bei dem Termin unten, auch wenn die Buchungsseite einen anderen zeigt.',
      ],
    },
    'late-change-set-back': {
      subject: 'Späte Änderung abgelehnt und im Kalender zurückgesetzt',
      client: ['Ihre späte Änderung konnten wir nicht annehmen. Ihre Sitzung bleibt bei dem Termin unten.'],
    },
    cancelled: {
      subject: 'Ihre Sitzung ist abgesagt',
      client: ['Ihre Sitzung ist abgesagt.'],
    },
    expired: {
      subject: 'Ihre Sitzung ist abgelaufen',
      client: ['Bis zur Frist wurde kein Termin gewählt; daher ist Ihre Sitzung abgelaufen.'],
    },
    refund: {
      subject: 'Ihre Erstattung',
      client: ['Es geht um die Erstattung Ihrer Sitzung.'],
    },
    'refund-approval': {
      subject: 'Erstattung wartet auf eine Freigabe',
      client: ['Wir prüfen die Erstattung Ihrer Sitzung und schreiben Ihnen.'],
    },
    'no-show': {
      subject: 'Als verpasst vermerkt',
      client: [
        'Ihre Sitzung wurde als verpasst vermerkt. Wenn das falsch ist, antworten Sie bitte auf diese E-Mail.',
      ],
    },
    'no-show-cleared': {
      subject: 'Nicht mehr als verpasst vermerkt',
      client: ['Ihre Sitzung ist nicht mehr als verpasst vermerkt.'],
    },
    attention: {
      subject: 'Wir kümmern uns darum',
      client: ['Wir sehen uns ein Problem mit Ihrer Sitzung an und schreiben Ihnen.'],
    },
    'link-reissued': {
      subject: 'Ihr neuer Link',
      client: ['Hier ist der neue Link zu Ihrer Sitzung. Frühere Links gelten nicht mehr.'],
    },
    'access-revoked': {
      subject: 'Zugang entzogen',
      client: [
        'Der Zugang zu Ihrer Sitzung wurde entzogen. Wenn Sie Fragen haben, antworten Sie bitte auf diese E-Mail.',
      ],
    },
    'access-restored': {
      subject: 'Zugang wiederhergestellt',
      client: ['Der Zugang zu Ihrer Sitzung ist wiederhergestellt. Frühere Links gelten nicht mehr.'],
    },
    closed: {
      subject: 'Ihre Sitzung ist zu Ende',
      client: ['Ihre Sitzung ist zu Ende. Vielen Dank.'],
    },
  },
  reminder: (within) => ({
    subject: `Ihre Sitzung beginnt ${within}`,
    client: [`Zur Erinnerung: Ihre Sitzung beginnt ${within}.`],
  }),
  reasons: {
    completed: 'Sie hat stattgefunden.',
    'no-show': 'Sie wurde als verpasst vermerkt.',
    cancelled: 'Sie wurde abgesagt.',
    expired: 'Sie wurde nicht rechtzeitig gebucht.',
    refunded: 'Sie wurde erstattet.',
    'refund-done': 'Ihr Preis wurde zurückgezahlt.',
    'refund-declined':
      'Ihr Preis wird nicht zurückgezahlt. Wenn Sie dazu Fragen haben, antworten Sie bitte auf diese E-Mail.',
    grace:
      'Das war die eine späte Änderung, die ohne Zustimmung eines Menschen gewährt wird; die nächste braucht sie.',
    'approved-by-default': 'Niemand hat rechtzeitig geantwortet, und dann gilt sie als angenommen.',
    'declined-by-default': 'Niemand konnte sie rechtzeitig bestätigen.',
    'order-cancelled': 'Die Bestellung wurde im Shop storniert.',
    'refunded-by-shop': 'Der Shop hat ihren Preis zurückgezahlt.',
    'cancelled-by-client': 'Sie wurde auf der Seite der Sitzung abgesagt.',
    'cancelled-by-agent': 'Unser Team hat sie abgesagt.',
    'cancelled-by-operator': 'Unser Team hat sie abgesagt.',
    'cancelled-at-provider': 'Der Termin wurde abgesagt.',
    'not-booked': 'Bis zur Frist wurde kein Termin gebucht.',
    'after-cutoff': 'Die Frist für Änderungen war vorbei.',
    'not-a-duration': 'Eine Zeitdauer, die mit dem Produkt kam, war nicht zu lesen.',
    'not-an-instant': 'Ein Zeitpunkt, der mit der Bestellung kam, war nicht zu lesen.',
    'not-a-number': 'Eine Zahl, die mit dem Produkt kam, war nicht zu lesen.',
    'start-in-the-past': 'Der Beginn, der mit der Bestellung kam, liegt in der Vergangenheit.',
    'over-capacity': 'Dieser Termin wurde öfter verkauft, als er Plätze hat.',
  },
  hello: (firstName) => (firstName === '' ? 'Guten Tag,' : `Guten Tag ${firstName},`),
  start: 'Beginn',
  end: 'Ende',
  changesUntil: 'Änderungen bis',
  amount: 'Betrag',
  page: 'Die Seite Ihrer Sitzung:',
  yoursAlone:
    'Dieser Link gehört Ihnen allein: Wer ihn hat, kann Ihre Sitzung öffnen. Bitte geben Sie ihn nicht weiter.',
  order: (product, number) => `${product}, Bestellung ${number}`,
};
