import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { PageRow } from '../../db/queries/session-page.ts';
import type { Language } from '../../platform/language.ts';
import { recordWords } from './messages/records.ts';

/** When the session is, or was until it was given up. Instants in milliseconds. */
export interface CalendarTime {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly cancelled: boolean;
}

/** `SEQUENCE` is a 32-bit number (RFC 5545 section 3.3.8), which gates' versions, in milliseconds, are not. */
const COUNTED_FROM = Date.UTC(2026, 0, 1);

/**
 * Rises whenever the session's gate was published anew, and so with each move: the gate's version is at least its
 * instant, and only ever grows. Two publications within one second share a number.
 */
export function sequenceOf(gateVersion: number): number {
  return Math.max(0, Math.floor((gateVersion - COUNTED_FROM) / 1000));
}

/**
 * The session as a calendar's file (RFC 5545): one event, whose `UID` stays and whose `SEQUENCE` rises, in UTC, so that
 * no calendar has to know our zones. It has no alarm, and no way in but the session's page: that one asks who comes.
 *
 * @param pageUrl the session's page, without any token.
 */
export function calendarFile(
  row: PageRow,
  time: CalendarTime,
  about: { readonly pageUrl: string; readonly language: Language; readonly now: number },
): string {
  const words = recordWords[about.language].calendar;
  const calendar = ical({
    prodId: { company: 'Latchkey', product: 'Sessions', language: about.language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
  });
  calendar.createEvent({
    id: `${row.sessionKey}@${new URL(about.pageUrl).hostname}`,
    sequence: sequenceOf(row.gateVersion),
    stamp: new Date(about.now),
    start: new Date(time.startsAt),
    end: new Date(time.endsAt),
    summary: `${row.productName} – ${row.tenantName}`,
    description: `${words.description} ${about.pageUrl}`,
    url: about.pageUrl,
    status: time.cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return calendar.toString();
}
