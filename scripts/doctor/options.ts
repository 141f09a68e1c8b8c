import type { ScriptDefinition } from '../arguments.ts';
import { AREAS, type Area, isArea } from './areas.ts';

export type DoctorOption = 'only';

export const definition: ScriptDefinition<DoctorOption> = {
  command: 'npm run doctor',
  summary:
    'Looks at everything that Latchkey stands on and says what is wrong and what to do about it. It changes nothing.\n' +
    'It looks at what the environment describes; where that says nothing, at the stack that `npm start` runs here.\n' +
    'Exits 0 when nothing failed, 1 when something did, 2 when it was called wrongly.',
  options: {
    only: { type: 'string', help: `Only these areas, separated by commas: ${AREAS.join(', ')}.` },
  },
};

/** @returns the areas, none for all; or what is wrong, as a text. */
export function readAreas(only: string | boolean | undefined): readonly Area[] | string {
  if (typeof only !== 'string') return [];
  const names = only
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = names.filter((name) => !isArea(name));
  if (names.length === 0 || unknown.length > 0)
    return `--only names no area: ${unknown.join(', ') || '(nothing)'}. There are ${AREAS.join(', ')}.`;
  return names.filter(isArea);
}
