import type { Tag } from '../operations/operation.ts';

/** What each chapter of the documentation is about, in the order in which it is read. */
export const chapters: Readonly<Record<Tag, string>> = {
  'booking-templates': 'Booking links: a signed address by which one client books from one template.',
  booking: 'Booking requests of visitors, without an account.',
  'admin-booking': 'Booking requests, for those who look after them.',
  sessions: 'Paid sessions: what was bought, where each one stands, and what can be done about it.',
  catalog: 'What booking links are made from: calendars, templates and clients.',
  privacy: 'A person’s data: handed to them, erased, and proof of it.',
  intake:
    'Messages of the shop and of the calendars that could not be matched, and what became of the others.',
  webhooks: 'Where a tenant is told what happens to its sessions and bookings.',
  vendors: 'What the shop and the calendars call. Each message is verified by its signature.',
  audit: 'Who did what.',
  views: 'Filters of lists that admins keep under a name.',
  installation:
    'How everything stands, what waits, and the housekeeping: for those who run the installation.',
  documentation: 'This document.',
};

/** Chapters in the order in which they are read. */
export const chapterNames = Object.keys(chapters) as readonly Tag[];
