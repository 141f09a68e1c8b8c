import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** What `npm run test:contract` asks of the suites; `npm test` asks for the twins. */
export type Against = 'twins' | 'real' | 'clean';

/** @throws for a value that nobody knows. */
export function contractAgainst(env: NodeJS.ProcessEnv): Against {
  const asked = env['LATCHKEY_CONTRACT'] || 'twins';
  if (asked === 'twins' || asked === 'real' || asked === 'clean') return asked;
  throw new Error('LATCHKEY_CONTRACT is none of twins, real and clean');
}

/** The values of these variables, or the names of those that are not set. */
export function namedBy<Name extends string>(
  env: NodeJS.ProcessEnv,
  names: readonly Name[],
): { readonly values: Readonly<Record<Name, string>> } | { readonly missing: readonly Name[] } {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) return { missing };
  return { values: Object.fromEntries(names.map((name) => [name, env[name] ?? ''])) as Record<Name, string> };
}

/** What every vendor's suite calls its things by, so that they are told from others' and can be removed. */
export const MARKER = 'latchkey-contract';

/** A twin or a real account, as a suite needs it. */
export interface Subject {
  close(): Promise<void>;
}

export interface Contract<Opened extends Subject, Name extends string> {
  readonly vendor: string;
  /** The variables that name a real one. */
  readonly needs: readonly Name[];
  twin(): Promise<Opened>;
  real(values: Readonly<Record<Name, string>>): Promise<Opened>;
  /** Removes what bears the marker, of a broken run too. @returns how many things that were. */
  clean(opened: Opened): Promise<number>;
  suite(opened: () => Opened): void;
}

/**
 * What is true of the vendor, held against its twin or a real account: one of them in a run. Before and after a suite
 * everything that bears the marker is removed. A vendor that is not named is skipped, with the reason as the suite's name.
 */
export function holdContract<Opened extends Subject, Name extends string>(
  contract: Contract<Opened, Name>,
): void {
  const { vendor } = contract;
  const against = contractAgainst(process.env);
  const named = namedBy(process.env, contract.needs);
  if (against !== 'twins' && 'missing' in named) {
    describe.skip(`${vendor}: not named, ${named.missing.join(' and ')} not set`, () => {
      test('its contract', () => undefined);
    });
    return;
  }
  const open = (): Promise<Opened> =>
    against === 'twins' || 'missing' in named ? contract.twin() : contract.real(named.values);

  describe(`${vendor}: ${against === 'twins' ? 'the twin' : 'the real one'}`, () => {
    let subject: Opened | undefined;
    const opened = (): Opened => {
      if (subject === undefined) throw new Error('not open');
      return subject;
    };
    beforeAll(async () => {
      subject = await open();
      if (against !== 'clean') await contract.clean(subject);
    });
    afterAll(async () => {
      try {
        if (subject !== undefined) await contract.clean(subject);
      } finally {
        await subject?.close();
      }
    });
    if (against !== 'clean') return contract.suite(opened);
    test('leftovers of a broken run are removed', async () => {
      const removed = await contract.clean(opened());
      process.stderr.write(`${vendor}: ${removed} removed\n`);
      expect(await contract.clean(opened())).toBe(0);
    });
  });
}
