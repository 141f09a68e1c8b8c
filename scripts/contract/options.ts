import type { ScriptDefinition } from '../arguments.ts';

export type ContractOption = 'against' | 'only' | 'clean';

export const CONTRACT_VENDORS = ['saleor', 'zammad', 'apisix', 'calendly', 'calcom'] as const;
export type ContractVendor = (typeof CONTRACT_VENDORS)[number];

export const definition: ScriptDefinition<ContractOption> = {
  command: 'npm run test:contract',
  summary:
    'Holds what we take each vendor for against its sandbox twin, or against the real accounts that the environment names.\n' +
    'Against real ones it makes things that bear the mark latchkey-contract, and removes them again; a real APISIX must\n' +
    'be one that nothing else uses. Vendors that are not named are skipped.\n' +
    'Exits 0 when all holds, 1 when something does not, 2 when it was called wrongly or nothing was held against.',
  options: {
    against: { type: 'string', help: 'twins (default) or real.' },
    only: { type: 'string', help: `Only these, separated by commas: ${CONTRACT_VENDORS.join(', ')}.` },
    clean: { type: 'boolean', help: 'Only remove what a broken run left at the real accounts.' },
  },
};

export interface ContractPlan {
  /** As the suites know it. */
  readonly against: 'twins' | 'real' | 'clean';
  readonly vendors: readonly ContractVendor[];
}

type Values = Readonly<Partial<Record<ContractOption, string | boolean>>>;

const isVendor = (name: string): name is ContractVendor => CONTRACT_VENDORS.some((vendor) => vendor === name);

/** @returns what to do, or everything that is wrong with what was asked for. */
export function readPlan(values: Values): ContractPlan | readonly string[] {
  const problems: string[] = [];
  const { against = values.clean === true ? 'real' : 'twins', only } = values;
  if (against !== 'twins' && against !== 'real')
    problems.push(`--against takes twins or real, not "${String(against)}"`);
  if (values.clean === true && against === 'twins')
    problems.push('--clean is for real accounts: a twin forgets everything by itself');
  const names =
    typeof only === 'string'
      ? only
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
      : CONTRACT_VENDORS;
  const unknown = names.filter((name) => !isVendor(name));
  if (names.length === 0 || unknown.length > 0)
    problems.push(`--only names no vendor: ${unknown.join(', ') || '(nothing)'}`);
  if (problems.length > 0) return problems;
  return {
    against: values.clean === true ? 'clean' : against === 'real' ? 'real' : 'twins',
    vendors: names.filter(isVendor),
  };
}
