import type { OperatorPrivacyWords } from './operator-privacy.en.ts';

export const operatorPrivacyDe: OperatorPrivacyWords = {
  title: 'Personenbezogene Daten',
  export: 'Herausgeben',
  exportLead:
    'Ein Dokument mit allem, was über diese Person bekannt ist, zur Herausgabe an sie. Das Protokoll hält fest, dass es gemacht wurde.',
  exportNow: 'Dokument herunterladen',
  erase: 'Diese Person löschen',
  eraseLead:
    'Leert Tickets und Zeilen und gespeicherte Webhooks, bittet Calendly, zu löschen, was es hat, und bescheinigt, was getan wurde und was nicht möglich war. Das lässt sich nicht zurücknehmen.',
  running: 'Solange eine Sitzung oder Buchung läuft',
  refuse: 'nichts tun',
  end: 'jede absagen, mit Erstattung nach ihrer Regel',
  sure: 'Tippen Sie zur Sicherheit die Kennung des Kunden',
  notSure: 'Das ist nicht die Kennung des Kunden.',
  eraseNow: 'Endgültig löschen',
  erasures: 'Löschungen',
  erasure: 'Löschung',
  status: 'Status',
  asked: 'Verlangt',
  by: 'Von',
  finished: 'Fertig',
  certificate: 'Bescheinigung',
  certificateLead:
    'Mit Ed25519 signiert; jeder kann sie mit den Schlüsseln unter /api/v1/public/certificate-keys prüfen.',
  done: 'Getan',
  notDone: 'Nicht möglich',
  what: 'Was',
  count: 'Wie viele',
  why: 'Warum',
  stillRuns: 'Sie läuft. Sehen Sie in einer Minute wieder nach.',
  unreadable:
    'Was darin steht, lässt sich nicht mehr lesen, weil der Schlüssel nicht mehr in Gebrauch ist; die Bescheinigung selbst ist gültig.',
  statuses: { running: 'läuft', done: 'fertig' },
};
