import { z } from 'zod';

/** How a twin can be told to fail. Each rule applies to the next `times` matching requests. */
export const faultRuleSchema = z.strictObject({
  /** Only this method; any when absent. */
  method: z.string().optional(),
  /** A regular expression on the path; any when absent. */
  path: z.string().optional(),
  /**
   * - `delay`: does the work and answers after `delayMs`, whether or not the client has waited.
   * - `drop`: closes the connection before anything is done.
   * - `refuse`: the same, and the port is shut for `delayMs`: connections are refused until then.
   * - `status`: answers `status` with the vendor's own error body, nothing done.
   * - `commit-then-hang-up`: does the work, then closes the connection instead of answering.
   * - `commit-then-silence`: does the work at once, then says nothing for `delayMs` and closes the connection.
   * - `malformed`: answers 200 with a body that is no JSON.
   * - `wrong-content-type`: answers 200 with a page, as something in front of the vendor does.
   * - `duplicate`: a webhook is sent twice.
   * - `reorder`: a webhook is held back until the next one was sent, and where `delayMs` is set no longer than that.
   * - `lose`: a webhook is never sent.
   */
  kind: z.enum([
    'delay',
    'drop',
    'refuse',
    'status',
    'commit-then-hang-up',
    'commit-then-silence',
    'malformed',
    'wrong-content-type',
    'duplicate',
    'reorder',
    'lose',
  ]),
  delayMs: z.number().int().min(0).max(120_000).default(0),
  status: z.number().int().min(400).max(599).default(500),
  headers: z.record(z.string(), z.string()).default({}),
  times: z.number().int().min(1).default(1),
});

export type FaultRule = z.output<typeof faultRuleSchema>;
export type FaultInput = z.input<typeof faultRuleSchema>;

export interface FaultSwitch {
  /** Adds a rule behind the ones already set. */
  set(rule: FaultInput): void;
  clear(): void;
  list(): readonly FaultRule[];
  /** The rule for this request or webhook, used up once per call; undefined when none applies. */
  take(scope: 'request' | 'webhook', method: string, path: string): FaultRule | undefined;
}

const webhookKinds: ReadonlySet<FaultRule['kind']> = new Set(['duplicate', 'reorder', 'lose']);

/** A fault switch without rules. */
export function createFaultSwitch(): FaultSwitch {
  let rules: (FaultRule & { left: number })[] = [];
  return {
    set(input) {
      const rule = faultRuleSchema.parse(input);
      rules.push({ ...rule, left: rule.times });
    },
    clear() {
      rules = [];
    },
    list: () => rules.map(({ left, ...rule }) => ({ ...rule, times: left })),
    take(scope, method, path) {
      const rule = rules.find(
        (candidate) =>
          webhookKinds.has(candidate.kind) === (scope === 'webhook') &&
          (candidate.method === undefined || candidate.method.toUpperCase() === method.toUpperCase()) &&
          (candidate.path === undefined || new RegExp(candidate.path).test(path)),
      );
      if (!rule) return undefined;
      rule.left -= 1;
      if (rule.left === 0) rules = rules.filter((other) => other !== rule);
      return rule;
    },
  };
}
