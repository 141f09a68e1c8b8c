import type { ScriptDefinition } from '../arguments.ts';
import { AREAS, type Area, isArea } from './areas.ts';

export type ProvisionOption = 'check' | 'only' | 'yes';

export const definition: ScriptDefinition<ProvisionOption> = {
  command: 'npm run provision',
  summary:
    'Sets up what Latchkey needs at PostgreSQL, Temporal and the vendors: shows what is and what is to be done, asks,\n' +
    'and does it. What is as wanted is left alone, so that it can be repeated.\n' +
    'It looks at what the environment describes; where that says nothing, at the stack that `npm start` runs here.\n' +
    'Exits 0 when everything is as wanted, 1 when something is not, 2 when it was called wrongly or has no configuration.',
  options: {
    check: { type: 'boolean', help: 'Change nothing; exit 1 when something is not as wanted.' },
    only: { type: 'string', help: `Only these, separated by commas: ${AREAS.join(', ')}.` },
    yes: { type: 'boolean', help: 'Do not ask. Needed where nobody can be asked.' },
  },
};

/** @returns the areas in their order; or what is wrong, as a text. */
export function readAreas(only: string | boolean | undefined): readonly Area[] | string {
  if (typeof only !== 'string') return AREAS;
  const names = only
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = names.filter((name) => !isArea(name));
  if (names.length === 0 || unknown.length > 0)
    return `--only names nothing that is set up: ${unknown.join(', ') || '(nothing)'}. There are ${AREAS.join(', ')}.`;
  return AREAS.filter((area) => names.includes(area));
}
