import type { AppointmentUri, Instant, StepId } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { look } from './attention.ts';
import { type Draft, emit, forget, forgetKind, nextStep } from './draft.ts';
import { askAbout, write } from './ticket.ts';
import { type Finding, told } from './verdicts.ts';

/** Has the provider move an appointment. Its answer is the truth, whatever time it names. */
export function moveAppointment(draft: Draft, appointment: AppointmentUri, startsAt: Instant): void {
  // One that failed before is asked for anew, with the newest wish.
  forgetKind(draft, ['move-appointment']);
  emit(draft, 'provider', nextStep(draft, 'move-appointment'), {
    kind: 'move-appointment',
    appointment,
    startsAt,
  });
}

/** What a provider answers that will not have the time: asking again does not help, another time may. */
const REFUSED: ReadonlySet<string> = new Set(['vendor-rejected', 'vendor-conflict']);

/**
 * A move that came to nothing. A time that the provider will not have is the asker's to change; a late change that
 * cannot be set back is a person's.
 *
 * @returns null for what stays a failed step, to be retried or skipped.
 */
export function moveFailed(
  draft: Draft,
  step: StepId,
  call: Extract<SessionState['steps'][string]['call'], { kind: 'move-appointment' }>,
  code: string,
): Finding | null {
  const { standing, ending } = draft.state;
  if (ending) return null;
  // Nobody asks to move what stands to where it stands: this was to be set back.
  if (standing?.startsAt === call.startsAt) {
    look(draft, 'late-change-declined-but-moved');
    write(draft, 'late-change-declined-but-moved', { reason: code });
    return null;
  }
  if (!REFUSED.has(code)) return null;
  forget(draft, step);
  write(draft, 'move-refused', { toClient: true });
  // Somebody was quicker there, and what they chose counts.
  if (code === 'vendor-conflict' && standing) askAbout(draft, standing);
  return told('move-refused');
}
