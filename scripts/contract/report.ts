import { z } from 'zod';

/** As much of Jest's own report as we tell of. */
const jestSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.looseObject({
          status: z.string(),
          fullName: z.string(),
          ancestorTitles: z.array(z.string()),
        }),
      ),
    }),
  ),
});

export interface ContractResult {
  readonly vendor: string;
  readonly passed: number;
  readonly failed: readonly string[];
  /** Why nothing of it was held against, or null. */
  readonly skipped: string | null;
}

const vendorOf = (file: string): string => /([a-z]+)-contract\.test\.ts$/.exec(file)?.[1] ?? file;

/** @throws for what is no report of Jest's. */
export function readReport(report: unknown): readonly ContractResult[] {
  return jestSchema.parse(report).testResults.map(({ name, message, assertionResults: tests }) => {
    const passed = tests.filter(({ status }) => status === 'passed').length;
    const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    const [first] = tests;
    // A file that could not even be loaded has no tests.
    if (first === undefined)
      return { vendor: vendorOf(name), passed, failed: [message.split('\n')[0] ?? ''], skipped: null };
    const skipped = passed + failed.length === 0 ? (first.ancestorTitles[0] ?? 'skipped') : null;
    return { vendor: vendorOf(name), passed, failed, skipped };
  });
}

/** 0: all holds. 1: something does not. 2: nothing was held against. */
export function exitCodeOf(results: readonly ContractResult[]): 0 | 1 | 2 {
  if (results.some(({ failed }) => failed.length > 0)) return 1;
  return results.some(({ passed }) => passed > 0) ? 0 : 2;
}

export function linesOf(results: readonly ContractResult[]): readonly string[] {
  const width = Math.max(0, ...results.map(({ vendor }) => vendor.length));
  return results.flatMap(({ vendor, passed, failed, skipped }) => {
    const words = skipped ?? `${passed} hold${failed.length > 0 ? `, ${failed.length} do not` : ''}`;
    return [`${vendor.padEnd(width)}  ${words}`, ...failed.map((name) => `  FAILED: ${name}`)];
  });
}
