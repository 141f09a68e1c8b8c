import type { Phase } from '../../contract/session.ts';
import type { Instant } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { cutoffOf } from './course.ts';

/**
 * The phase, from the facts and the clock. A move made in time and heard late leads back from `locked` to
 * `scheduled`; nothing leads back from `settling`, because a gate that is over stays over.
 */
export function phaseOf(state: SessionState, now: Instant): Phase {
  const { phase, ending, standing } = state;
  if (phase === 'opening' && !ending) return 'opening';
  if (phase === 'ended') return 'ended';
  if (ending) return 'settling';
  if (!standing) return 'awaiting-booking';
  return now < cutoffOf(state, standing) ? 'scheduled' : 'locked';
}
