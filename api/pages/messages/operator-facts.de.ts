/** Facts of a session that a person must look at, as `platform/attention-words.ts` says them in English. */
export const operatorFactsDe: Readonly<Record<string, string>> = {
  'order-not-paid':
    'Der Shop sagt, dass die Bestellung nicht bezahlt ist. Sehen Sie dort nach; wiederholen Sie dann den Schritt, oder überspringen Sie ihn, um die Sitzung trotzdem zu eröffnen.',
  'provider-disagrees':
    'Es wurde eine Absage gemeldet, die der Anbieter nicht hat. Sehen Sie dort nach; wiederholen Sie dann den Schritt, oder überspringen Sie ihn, um die Sitzung zu beenden.',
  'appointment-after-end':
    'Nach dem Ende der Sitzung wurde ein Termin gebucht oder verlegt. Sagen Sie ihn beim Anbieter ab, oder verkaufen Sie eine neue Sitzung.',
  'late-change-declined-but-moved':
    'Die späte Änderung wurde abgelehnt, aber der Termin ist beim Anbieter verlegt. Verlegen Sie ihn dort zurück, oder sagen Sie es dem Kunden.',
  'refund-unclear':
    'Der Shop hat einen Teil einer Bestellung erstattet, ohne zu sagen, welches Stück. Sagen Sie die Sitzung ab, falls sie gemeint war, und vermerken Sie es dann.',
  'second-appointment':
    'Es gibt mehr als einen Termin. Der neueste gilt; sagen Sie die anderen beim Anbieter ab.',
  'start-in-the-past':
    'Der Beginn, der mit der Bestellung kam, liegt in der Vergangenheit. Vereinbaren Sie mit dem Kunden eine Zeit.',
  'not-a-duration':
    'Eine Dauer des Produkts war nicht lesbar. Es gilt die übliche; berichtigen Sie das Produkt.',
  'not-an-instant':
    'Eine Zeit, die mit der Bestellung kam, war nicht lesbar. Der Kunde bucht stattdessen eine Zeit.',
  'not-allowed': 'Ein Wert des Produkts ist nicht erlaubt. Es gilt der übliche; berichtigen Sie das Produkt.',
  'not-a-number':
    'Eine Zahl des Produkts war nicht lesbar. Es gilt die übliche; berichtigen Sie das Produkt.',
  'over-capacity':
    'Dieser Beginn wurde öfter verkauft, als er Plätze hat. Bieten Sie eine andere Zeit oder eine Erstattung an.',
};
