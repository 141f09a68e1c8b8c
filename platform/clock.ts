import type { Instant } from '../workflows/contract/values.ts';

/** The current instant; injected wherever a decision depends on it. */
export type Clock = () => Instant;

export const systemClock: Clock = () => Date.now() as Instant;
