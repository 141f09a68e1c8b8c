import fc from 'fast-check';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import { REQUESTED_AT } from './booking-simulation.ts';
import { DAY, HOUR, MINUTE, type Provider } from './simulation.ts';

/** What a client or a host does at the provider. */
export interface Deed {
  readonly kind: 'book' | 'move' | 'cancel' | 'host-cancel' | 'ask' | 'no-show' | 'show';
  readonly startsIn: number;
}

export const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('book', 'move', 'move', 'cancel', 'host-cancel', 'ask', 'no-show', 'show'),
  startsIn: fc.integer({ min: 5, max: 20 }),
});

/** Does it all within minutes of the request; answers with what is told of it, in order. */
export function happen(provider: Provider, deeds: readonly Deed[]): readonly AppointmentEvent[] {
  return deeds.flatMap(({ kind, startsIn }, index) => {
    const now = REQUESTED_AT + HOUR + index * MINUTE;
    const startsAt = REQUESTED_AT + startsIn * DAY;
    const [one] = provider.live();
    if (kind === 'book' || !one) return provider.book(now, startsAt);
    switch (kind) {
      case 'move':
        return provider.move(one, now, startsAt);
      case 'cancel':
        return provider.cancel(one, now, 'client');
      case 'host-cancel':
        return provider.cancel(one, now, 'host');
      case 'ask':
        return provider.askToMove(one, now);
      case 'no-show':
        return provider.noShow(one, now, true);
      case 'show':
        return provider.noShow(one, now, false);
    }
  });
}
