/** What `--only` names, in the order in which things are set up: what others stand on comes first. */
export const AREAS = ['postgres', 'temporal', 'apisix', 'zammad', 'calendly', 'calcom'] as const;
export type Area = (typeof AREAS)[number];

export const isArea = (text: string): text is Area => AREAS.some((area) => area === text);
