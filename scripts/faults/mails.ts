import { noticesEn } from '../../activities/messages/notices.en.ts';
import type { TicketTopic } from '../../workflows/contract/effects.ts';
import type { Deeds } from './deeds.ts';
import type { Demand } from './demand.ts';

/** What a mail or a note is about. */
export type Topic = TicketTopic | 'reminder' | 'opened' | 'unknown';

/** How often something is due. */
export interface Due {
  readonly least: number;
  readonly most: number;
}

const REMINDER = noticesEn.reminder('').subject;
/** The first note of a ticket. */
const OPENED = 'Session opened';

/** By the subject of an article. */
export function topicOf(subject: string): Topic {
  if (subject === OPENED) return 'opened';
  if (subject.startsWith(REMINDER)) return 'reminder';
  const topics = Object.keys(noticesEn.topics) as TicketTopic[];
  return (
    topics.find((topic) => {
      const words = noticesEn.topics[topic].subject;
      // A mail names its product behind it.
      return subject === words || subject.startsWith(`${words}: `);
    }) ?? 'unknown'
  );
}

const exactly = (count: number): Due => ({ least: count, most: count });
const atMost = (most: number): Due => ({ least: 0, most });

/** The mails to the client that are due. What a later event overtook before it was heard is never told. */
export function mailsDue(deeds: Deeds, demand: Demand): Readonly<Partial<Record<Topic, Due>>> {
  const { booked, cancelledThere, fixed, lateChange } = deeds;
  const moved = booked.filter(({ replaces }) => replaces !== null).length;
  const ended = demand.outcome === 'cancelled' || demand.outcome === 'refunded';
  return {
    link: exactly(1),
    booked: atMost(booked.length - moved),
    moved: atMost(moved),
    rebook: atMost(cancelledThere.length),
    reminder: atMost(booked.length + (fixed ? 1 : 0)),
    'late-change-approved': exactly(lateChange === 'approved' ? 1 : 0),
    'late-change-declined-but-moved': exactly(demand.declined ? 1 : 0),
    cancelled: exactly(ended ? 1 : 0),
    expired: exactly(demand.outcome === 'expired' ? 1 : 0),
    refund: exactly(demand.refund ? 1 : 0),
  };
}
