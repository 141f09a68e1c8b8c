import type { IntakeProblem } from '../../workflows/contract/session.ts';

/** A value of the shop's that was refused, with the text as it came: for the ticket, never for a history. */
export interface RefusedValue {
  readonly field: string;
  readonly value: string;
  readonly code: IntakeProblem['code'];
}

/** Longer texts are cut: the ticket quotes them. */
const QUOTED_LENGTH = 200;

/** The same unit with one problem more. */
export function addProblem<
  Unit extends { readonly problems: readonly IntakeProblem[]; readonly refused: readonly RefusedValue[] },
>(unit: Unit, field: string, value: string, code: IntakeProblem['code']): Unit {
  return {
    ...unit,
    problems: [...unit.problems, { field, code }],
    refused: [...unit.refused, { field, value, code }],
  };
}

/** Collects what was refused while one unit is read. */
export class Refusals {
  readonly refused: RefusedValue[] = [];

  /** Notes the refusal and hands back what is used instead. */
  instead<T>(fallback: T, field: string, value: string, code: IntakeProblem['code']): T {
    this.refused.push({ field, value: value.slice(0, QUOTED_LENGTH), code });
    return fallback;
  }

  problems(): readonly IntakeProblem[] {
    return this.refused.map(({ field, code }) => ({ field, code }));
  }
}
