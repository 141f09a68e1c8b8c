import type { Rules } from '../../workflows/policy/rules.ts';
import { anythingGoes } from './properties/anything.ts';
import { onlyTheInstantCounts } from './properties/cutoff.ts';
import type { Coverage, PropertyOptions } from './properties/ensure.ts';
import { noChangeWithoutAYes } from './properties/late.ts';
import { onlyTheCurrentOneIsCancelled, orderDoesNotMatter } from './properties/order.ts';

/**
 * Everything that must hold of a version of the rules, whatever happens.
 *
 * @throws the first promise that does not hold.
 */
export function checkRules(rules: Rules, options: PropertyOptions): Coverage {
  const coverage: Coverage = new Map();
  onlyTheInstantCounts(rules, options);
  onlyTheCurrentOneIsCancelled(rules, options);
  orderDoesNotMatter(rules, options);
  noChangeWithoutAYes(rules, options);
  anythingGoes(rules, options, coverage);
  return coverage;
}
