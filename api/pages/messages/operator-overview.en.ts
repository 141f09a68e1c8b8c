/** What an operator looks at first. */
export const operatorOverviewEn = {
  title: 'Overview',
  late: 'Late changes',
  noLate: 'No late change waits for a decision.',
  attention: 'Needs attention',
  noAttention: 'Nothing needs attention.',
  all: (count: number) => `All ${count}`,
  notAsked: 'The workflow does not answer now, so this cannot be decided here yet.',
  counts: 'Sessions by phase',
  count: 'Sessions',
  today: (date: string) => `Today, ${date}`,
  noneToday: 'No session begins today.',
  begins: (starts: string) => `Begins ${starts}`,
};

export type OperatorOverviewWords = typeof operatorOverviewEn;
