import type { ForwardAuthResult, Round } from './forward-auth.ts';
import { type Goal, goalLines, table } from './goals.ts';
import type { MemoryResult } from './memory.ts';
import type { RevocationResult } from './revocation.ts';

export interface GateResult {
  readonly forwardAuth: ForwardAuthResult;
  readonly revocation: RevocationResult;
  readonly memory: MemoryResult;
}

/** What the gate is to reach, and whether it did. */
export function goalsOf({ forwardAuth, revocation, memory }: GateResult): readonly Goal[] {
  return [
    {
      what: 'forward-auth, throughput to bare',
      wanted: '≥ 0.85',
      seen: String(forwardAuth.ratioToBare),
      met: forwardAuth.ratioToBare >= 0.85,
      must: false,
    },
    {
      what: 'forward-auth, p99 to bare',
      wanted: '≤ 1.5',
      seen: String(forwardAuth.p99ToBare),
      met: forwardAuth.p99ToBare <= 1.5,
      must: false,
    },
    {
      what: 'let pass after an acknowledged revocation',
      wanted: '0',
      seen: `${revocation.allowedAfter} of ${revocation.requestsAfter}`,
      met: revocation.allowedAfter === 0,
      must: true,
    },
    {
      what: 'revocations left unconfirmed',
      wanted: '0',
      seen: String(revocation.unconfirmed),
      met: revocation.unconfirmed === 0,
      must: true,
    },
    {
      what: 'revocation to acknowledgement, p99',
      wanted: '< 100 ms',
      seen: `${revocation.p99} ms`,
      met: revocation.p99 < 100,
      must: false,
    },
    {
      what: 'heap per session in memory',
      wanted: '< 1024 bytes',
      seen: `${memory.bytesPerSnapshot} bytes`,
      met: memory.bytesPerSnapshot < 1024,
      must: false,
    },
  ];
}

const NAMES = {
  bare: 'bare node:http',
  forwardAuth: 'forward-auth',
  expressJose: 'Express + jose',
  oauth2Proxy: 'oauth2-proxy',
} as const;

/** The results for a person. */
export function gateLines(
  result: GateResult,
  medianOf: (
    name: keyof typeof NAMES,
    measure: 'requestsPerSecond' | 'p50' | 'p99' | 'cpuPerRequest',
  ) => string,
): readonly string[] {
  const { forwardAuth, revocation, memory } = result;
  const present = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((name) =>
    forwardAuth.rounds.every((round: Round) => round[name] !== undefined),
  );
  const ratio: Readonly<Record<keyof typeof NAMES, string>> = {
    bare: String(forwardAuth.ratioToBare),
    forwardAuth: '',
    expressJose: String(forwardAuth.ratioToExpressJose),
    oauth2Proxy: String(forwardAuth.ratioToOauth2Proxy ?? ''),
  };
  return [
    `forward-auth on a hit, ${forwardAuth.connections} connections, medians of ${forwardAuth.rounds.length} rounds`,
    ...table([
      ['', 'requests/s', 'p50 ms', 'p99 ms', 'cpu µs/request', 'forward-auth to it'],
      ...present.map((name) => [
        NAMES[name],
        medianOf(name, 'requestsPerSecond'),
        medianOf(name, 'p50'),
        medianOf(name, 'p99'),
        medianOf(name, 'cpuPerRequest'),
        ratio[name],
      ]),
    ]),
    `  processor time per request, forward-auth to bare: ${forwardAuth.cpuToBare}`,
    '',
    `revocation, ${revocation.replicas} replicas, ${revocation.revocations} revocations, each asked for throughout`,
    `  acknowledged within p50 ${revocation.p50} ms, p99 ${revocation.p99} ms, at most ${revocation.max} ms`,
    `  ${revocation.requestsAfter} requests sent after an acknowledgement, ${revocation.allowedAfter} let pass`,
    '',
    `memory, ${memory.snapshots} sessions: ${memory.bytesPerSnapshot} bytes of heap each`,
    '',
    ...goalLines(goalsOf(result)),
  ];
}
