/** What `--only` names. `process` is this process and its configuration. */
export const AREAS = [
  'process',
  'postgres',
  'temporal',
  'saleor',
  'zammad',
  'apisix',
  'calendly',
  'calcom',
  'mail',
] as const;
export type Area = (typeof AREAS)[number];

export const isArea = (text: string): text is Area => AREAS.some((area) => area === text);
