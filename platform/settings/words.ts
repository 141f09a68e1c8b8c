import { z } from 'zod';

/** Who uses a variable. Both processes read, and check, all of them at their start. */
export type SettingReader = 'API' | 'worker' | 'API and worker' | 'scripts';

/** What a person has to know of a variable beside what its schema says. docs/configuration.md is made from it. */
export interface SettingWords {
  /** One or more sentences. */
  readonly meaning: string;
  readonly readBy: SettingReader;
  /** Whether it has to be kept from everybody who does not need it. */
  readonly secret?: true;
  /** What a number counts. */
  readonly unit?: string;
  /** When production cannot do without it, where that depends on others; a schema without a default says the rest. */
  readonly neededWhen?: string;
  /** What holds where it is not set and the schema has no default. */
  readonly otherwise?: string;
}

/** Every variable's schema stands in it; what does not is found by a test. */
export const settingWords = z.registry<SettingWords>();

/** What a variable is written as, where its schema does not say it by itself. */
export const settingKinds = z.registry<{ readonly kind: string }>();
