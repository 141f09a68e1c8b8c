import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { SetupStep } from '../setup/step.ts';
import type { Differences } from './setup-compare.ts';
import { wordsOf } from './wire.ts';

/** A permission of Zammad's that the set-up, or the product, needs. */
type Permission =
  | 'ticket.agent'
  | 'admin.group'
  | 'admin.object'
  | 'admin.webhook'
  | 'admin.trigger'
  | 'admin.macro';

export const asWanted = (subject: string): SetupStep => ({
  subject,
  state: 'as-wanted',
  detail: null,
  apply: null,
});

export const byHand = (subject: string, detail: string): SetupStep => ({
  subject,
  state: 'unmanageable',
  detail,
  apply: null,
});

export const lacks = (subject: string, permission: Permission): SetupStep =>
  byHand(
    subject,
    `Grant the permission ${permission} to the API user's role and to its token, then run this again.`,
  );

const sentence = (differences: Differences): string => `It ${differences.join('; it ')}.`;

/** What Zammad said no to: a person must read its words, and none of these calls names one. */
export async function saying<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const words = error instanceof VendorFailure ? wordsOf(error.vendorBody) : null;
    if (!(error instanceof VendorFailure) || words === null) throw error;
    throw new CodedFailure(error.code, `Zammad refused ${what}: ${words.slice(0, 200)}`, { cause: error });
  }
}

/** What is read, or null where token or user may not. */
export async function ifPermitted<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof VendorFailure && error.code === 'vendor-forbidden') return null;
    throw error;
  }
}

/** One thing of a collection that is found by its name. */
interface Kept<Held extends { readonly id: number }> {
  readonly subject: string;
  readonly held: Held | undefined;
  readonly differences: (held: Held) => Differences;
  readonly create: () => Promise<void>;
  readonly change: (held: Held) => Promise<void>;
}

export function keep<Held extends { readonly id: number }>(kept: Kept<Held>): SetupStep {
  const { subject, held } = kept;
  if (held === undefined)
    return {
      subject,
      state: 'missing',
      detail: null,
      async apply() {
        await saying(subject, kept.create());
        return `Made the ${subject}.`;
      },
    };
  const differences = kept.differences(held);
  if (differences.length === 0) return asWanted(subject);
  return {
    subject,
    state: 'different',
    detail: sentence(differences),
    async apply() {
      await saying(subject, kept.change(held));
      return `Changed the ${subject}.`;
    },
  };
}

export const sameName =
  (name: string) =>
  (one: { readonly name: string }): boolean =>
    one.name.toLowerCase() === name.toLowerCase();
