import type { LateNote, TicketTopic } from '../workflows/contract/effects.ts';

/** What a note is made of beside the mail's words. */
export interface NoticeTopic {
  /** What agents read when the note is not a mail. They work in English. */
  readonly agent: string;
  /** Start, end and cutoff are part of it. */
  readonly showTimes: boolean;
  /** The session's page is gone or shut, so that the mail does not lead there. */
  readonly pageIsShut?: true;
}

export const noticeTopics: Readonly<Record<TicketTopic, NoticeTopic>> = {
  link: {
    agent: 'The link to the session was issued.',
    showTimes: true,
  },
  booked: {
    agent: 'An appointment was booked.',
    showTimes: true,
  },
  moved: {
    agent: 'The appointment was moved.',
    showTimes: true,
  },
  'move-refused': {
    agent: 'The provider refused the time that was asked for. The session stays as it was.',
    showTimes: true,
  },
  rebook: {
    agent: 'The appointment was cancelled. The session stays, and waits for a new time.',
    showTimes: false,
  },
  'host-asks-reschedule': {
    agent: 'The host asked the client to choose another time. Nothing is cancelled or refunded.',
    showTimes: true,
  },
  'provider-changed': {
    agent:
      'The session was handed over to another provider. The client is asked to book there; then the old appointment is cancelled.',
    showTimes: true,
  },
  locked: {
    agent: 'The cutoff has passed. From now on a change needs a person.',
    showTimes: true,
  },
  'late-change-requested': {
    agent:
      'A change was asked for, or made at the provider, after the cutoff. Set the session action to approve_change or decline_change. Both times stay open until then.',
    showTimes: true,
  },
  'late-change-reminder': {
    agent:
      'Half of the time to answer this late change is over. Set the session action to approve_change or decline_change.',
    showTimes: true,
  },
  'late-change-withdrawn': {
    agent: 'The late change is no longer wanted: the provider has the session at its own time again.',
    showTimes: true,
  },
  'late-change-approved': {
    agent: 'The late change was approved.',
    showTimes: true,
  },
  'late-change-declined': {
    agent: 'The late change was declined.',
    showTimes: true,
  },
  'late-change-declined-but-moved': {
    agent:
      'The late change was declined, but it is already made at the provider. The session keeps the time below, and only for that time its join link opens.',
    showTimes: true,
  },
  'late-change-set-back': {
    agent:
      'The late change was declined, and the appointment is moved back to the time below at the provider. If that fails, this ticket says so.',
    showTimes: true,
  },
  cancelled: {
    agent: 'The session was cancelled.',
    showTimes: false,
    pageIsShut: true,
  },
  expired: {
    agent: 'No appointment was booked before the deadline. The session expired.',
    showTimes: false,
    pageIsShut: true,
  },
  refund: {
    agent: 'The refund of this session.',
    showTimes: false,
    pageIsShut: true,
  },
  'refund-approval': {
    agent:
      'The refund of this session is above the limit, and nothing is paid back yet. An operator approves or declines it by the admin API, POST /api/v1/admin/sessions/{id}/refund/decision, or in Temporal UI with the Update decideRefund. The session action cannot.',
    showTimes: false,
  },
  'no-show': {
    agent: 'The host marked the client as a no-show.',
    showTimes: true,
  },
  'no-show-cleared': {
    agent: 'The host cleared the no-show.',
    showTimes: true,
  },
  attention: {
    agent: 'This session needs a person.',
    showTimes: true,
  },
  'link-reissued': {
    agent: 'A new link was issued; earlier ones no longer work.',
    showTimes: true,
  },
  'access-revoked': {
    agent: 'The access to this session was revoked. All its links and cookies are dead.',
    showTimes: false,
    pageIsShut: true,
  },
  'access-restored': {
    agent: 'The access to this session was restored, with a new link.',
    showTimes: true,
  },
  closed: {
    agent: 'The session has ended. Its URL is gone and this ticket is closed.',
    showTimes: true,
    pageIsShut: true,
  },
};

/** What an agent does at the provider about a late change that was declined and is already made there. */
export const putRightTexts: Readonly<Record<LateNote['kind'], string | null>> = {
  move: "At the provider, move the appointment below back to the session's time: its reschedule page works for you as well. If that is not possible, cancel it there and agree on the time with the host.",
  cancel:
    "At the provider the appointment is cancelled. Book the session's time there again for the client, or agree on it with the host.",
  request: null,
};

/** How a late change is answered when nobody does. */
export const lateDefaultTexts: Readonly<Record<LateNote['byDefault'], string>> = {
  approve: 'Without an answer it is approved then.',
  decline: 'Without an answer it is declined then.',
};

/** Of a session that came to nothing, for agents. */
export const STOCK_AFTER_CANCEL =
  "Stock: this does not change the shop's. Unless the order is cancelled in Saleor, its unit stays allocated there and cannot be sold again.";

/** @param before how long before the start, in words. */
export function reminderTopic(before: string): NoticeTopic {
  return { agent: `The client was reminded ${before} before the start.`, showTimes: true };
}
