import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { describeError } from '../request-log.ts';
import type { GateReport } from './read-gate.ts';
import type { ReplicaEvent } from './replica.ts';
import type { ClockOffset } from './skew.ts';

const REPORT_EVERY_MS = 60_000;
const REPORTS_REMEMBERED = 1000;

/** One line per session and minute: every request to a session in trouble would say the same. */
export function reportGates(log: Logger, clock: Clock): (report: GateReport) => void {
  const last = new Map<SessionKey, number>();
  return (report) => {
    const now = clock();
    if (now - (last.get(report.sessionKey) ?? Number.NEGATIVE_INFINITY) < REPORT_EVERY_MS) return;
    if (last.size >= REPORTS_REMEMBERED) last.clear();
    last.set(report.sessionKey, now);
    if (report.kind === 'attention')
      log.error({ ...report }, 'a session’s run is not there or ended uncleanly');
    else log.warn({ ...report }, 'gate answered without the workflow');
  };
}

/** What happened to this replica; `skewed` once each time that the clocks have come apart. */
export type GateEvent =
  | ReplicaEvent
  | { readonly kind: 'look-failed'; readonly error: unknown }
  | { readonly kind: 'skewed'; readonly offset: ClockOffset };

export function logGateEvents(log: Logger): (event: GateEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'listening':
        log.info({ replicaId: event.replicaId }, 'gates are answered from memory');
        return;
      case 'lost':
        log.warn('the connection that hears of gates was lost; gates are looked up');
        return;
      case 'failed':
        log.warn({ err: describeError(event.error) }, 'gates cannot be heard of');
        return;
      case 'look-failed':
        log.error({ err: describeError(event.error) }, 'gates cannot be looked up');
        return;
      case 'unreadable':
        log.error({ channel: event.channel }, 'a notification could not be read');
        return;
      case 'skewed':
        log.error({ ...event.offset }, 'this clock and PostgreSQL’s are too far apart');
    }
  };
}
