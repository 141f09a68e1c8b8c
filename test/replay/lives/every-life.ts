import { bookingLives } from './bookings.ts';
import { jobLives } from './jobs.ts';
import type { Life } from './life.ts';
import { sessionLives } from './sessions.ts';

/** What a new version leaves behind, so that later ones are held against it. Each by the name of its file. */
export const everyLife: Readonly<Record<string, Life>> = {
  ...sessionLives,
  ...bookingLives,
  ...jobLives,
};
