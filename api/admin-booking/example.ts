import { exampleScheduled } from '../booking-requests/example.ts';
import type { AdminBooking } from './shown.ts';

/** For the documentation. */
export const exampleBooking: AdminBooking = {
  ...exampleScheduled,
  meetingNotes: null,
  isRead: false,
  reason: null,
  cancelReason: null,
  endsAt: '2024-01-15T11:00:00.000Z',
  noShow: false,
  reschedules: 0,
  degraded: false,
  needsAttention: false,
  runUrl: null,
};
