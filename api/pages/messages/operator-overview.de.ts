import type { OperatorOverviewWords } from './operator-overview.en.ts';

export const operatorOverviewDe: OperatorOverviewWords = {
  title: 'Übersicht',
  late: 'Späte Änderungen',
  noLate: 'Keine späte Änderung wartet auf eine Entscheidung.',
  attention: 'Braucht Aufmerksamkeit',
  noAttention: 'Nichts braucht Aufmerksamkeit.',
  all: (count) => `Alle ${count}`,
  notAsked: 'Der Workflow antwortet gerade nicht, deshalb lässt es sich hier noch nicht entscheiden.',
  counts: 'Sitzungen nach Phase',
  count: 'Sitzungen',
  today: (date) => `Heute, ${date}`,
  noneToday: 'Heute beginnt keine Sitzung.',
  begins: (starts) => `Beginn: ${starts}`,
};
