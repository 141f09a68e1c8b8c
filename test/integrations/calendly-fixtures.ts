import { readFileSync } from 'node:fs';

export const calendlyFixtures = [
  'invitee.created',
  'invitee.canceled',
  'invitee.canceled.by_host',
  'reschedule.1.canceled_old',
  'reschedule.2.created_new',
  'invitee_no_show.created',
  'invitee_no_show.deleted',
] as const;

export type CalendlyFixture = (typeof calendlyFixtures)[number];

export function readCalendlyFixture(name: CalendlyFixture): Buffer {
  return readFileSync(new URL(`../fixtures/calendly/${name}.json`, import.meta.url));
}
