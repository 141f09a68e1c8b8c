import type { RulesVersion } from '../contract/session.ts';
import type { Rules } from './rules.ts';
import { rules as v1 } from './v1/index.ts';

/** Every version of the rules that this build knows. A released version is never changed, only followed. */
export const rulesByVersion: Readonly<Record<RulesVersion, Rules>> = { 1: v1 };
