import type { RulesVersion } from '../../contract/session.ts';
import type { BookingRules } from './rules.ts';
import { rules } from './v1/index.ts';

/** Every version that an open booking may name. */
export const bookingRulesByVersion: Readonly<Record<RulesVersion, BookingRules>> = { 1: rules };
