import type { EffectCall, LateNote, TicketNote, TicketStatus, TicketTopic } from '../../contract/effects.ts';
import type { TicketMove } from '../../contract/events.ts';
import type { Instant, Millis, StepId } from '../../contract/values.ts';
import type { LateChange, SessionState, Standing } from '../state.ts';
import { cutoffOf, standingKey } from './course.ts';
import { type Draft, emit, nextStep, patch } from './draft.ts';

export function ticketStatus(state: SessionState): TicketStatus {
  if (state.late && (state.phase === 'locked' || state.phase === 'scheduled')) return 'late-change';
  return state.phase;
}

function ticketState(state: SessionState): TicketNote['state'] {
  const quiet = state.phase === 'scheduled' || state.phase === 'locked';
  return quiet && !state.late && state.attention.length === 0 ? 'pending reminder' : 'open';
}

/** max(previous + 1, clock in seconds): a reset run still writes higher than what it wrote before. */
function nextRev(draft: Draft): number {
  const rev = Math.max(draft.state.ticket.rev + 1, Math.floor(draft.now / 1000));
  patch(draft, { ticket: { ...draft.state.ticket, rev } });
  return rev;
}

interface NoteOptions {
  readonly toClient?: boolean;
  readonly reason?: string;
  readonly step?: StepId;
  readonly closes?: boolean;
  /** The time that the note is about, where it is not the one that stands. */
  readonly about?: Standing | null;
  readonly late?: LateNote;
}

/** What an agent is told of a late change. */
export function lateNoteOf({ input }: SessionState, { kind, wanted, deadline }: LateChange): LateNote {
  return { kind, wanted, deadline, byDefault: input.policy.lateDefault };
}

function noteOf(draft: Draft, topic: TicketTopic, options: NoteOptions): TicketNote {
  const rev = nextRev(draft);
  const { state } = draft;
  const about = options.about === undefined ? state.standing : options.about;
  const { clearAction } = draft;
  draft.clearAction = false;
  return {
    rev,
    topic,
    status: ticketStatus(state),
    state: options.closes ? 'closed' : ticketState(state),
    toClient: options.toClient ?? false,
    clearAction,
    startsAt: about?.startsAt ?? null,
    endsAt: about?.endsAt ?? null,
    cutoffAt: about ? cutoffOf(state, about) : null,
    reason: options.reason ?? null,
    ...(options.step && { step: options.step }),
    ...(options.late && { late: options.late }),
    linkId: state.link.current,
  };
}

/** The ticket is written one effect at a time: a note that failed holds back what came after it. */
function enqueue(draft: Draft, step: StepId, call: EffectCall): void {
  const { ticket } = draft.state;
  if (ticket.step === 'skipped') return;
  patch(draft, { ticket: { ...ticket, queue: [...ticket.queue, { lane: 'ticket', step, call }] } });
}

/** Writes to the ticket, and where `toClient` is set, mails the client through it. */
export function write(draft: Draft, topic: TicketTopic, options: NoteOptions = {}): void {
  const { ticket } = draft.state;
  // Without a ticket, and without one on its way, there is nothing to write to.
  if (ticket.step === 'none' && draft.state.ending) return;
  const note = noteOf(draft, topic, options);
  enqueue(draft, `write-ticket:${note.rev}` as StepId, { kind: 'write-ticket', note });
}

export function openTicket(draft: Draft): void {
  const rev = nextRev(draft);
  patch(draft, { ticket: { ...draft.state.ticket, step: 'running' } });
  emit(draft, 'ticket', 'open-ticket' as StepId, { kind: 'open-ticket', rev, status: 'opening' });
}

/** @returns false when the ticket is held up, so that whoever needs the truth asks for it elsewhere. */
export function remind(draft: Draft, standing: Standing, beforeMs: Millis): boolean {
  const note = noteOf(draft, 'locked', { toClient: true });
  const { appointment, startsAt } = standing;
  const held = draft.state.ticket.step !== 'done' || draft.state.ticket.queue.length > 0;
  const step = `remind:${standingKey(standing)}:${startsAt}:${beforeMs}` as StepId;
  enqueue(draft, step, { kind: 'remind', appointment, startsAt, beforeMs, note });
  return !held;
}

function isStale(state: SessionState, call: EffectCall, now: Instant): boolean {
  if (call.kind === 'write-ticket') return call.note.topic === 'late-change-reminder' && !state.late;
  if (call.kind !== 'remind') return false;
  const { standing } = state;
  return (
    state.ending !== null ||
    call.startsAt <= now ||
    standing?.startsAt !== call.startsAt ||
    standing.appointment !== call.appointment
  );
}

/** Sends the next note on its way when nothing is before it. */
export function pump(draft: Draft): void {
  const { ticket } = draft.state;
  if (ticket.step === 'skipped' && ticket.queue.length > 0)
    patch(draft, { ticket: { ...ticket, queue: [] } });
  if (ticket.step !== 'done') return;
  const [head] = ticket.queue;
  if (!head || draft.state.steps[head.step]) return;
  if (isStale(draft.state, head.call, draft.now)) {
    shift(draft, head.step);
    pump(draft);
    return;
  }
  emit(draft, 'ticket', head.step, head.call);
}

/** The head of the queue is written, or given up. */
export function shift(draft: Draft, step: StepId): void {
  const { ticket } = draft.state;
  if (ticket.queue[0]?.step !== step) return;
  patch(draft, { ticket: { ...ticket, queue: ticket.queue.slice(1) } });
}

/** The session goes on in another ticket. @returns false when that was known. */
export function followTicket(draft: Draft, { ticketNumber }: TicketMove): boolean {
  const { ticket } = draft.state;
  if (ticket.number === ticketNumber) return false;
  patch(draft, { ticket: { ...ticket, number: ticketNumber } });
  return true;
}

/** Asks the provider about the standing appointment, where there is one. */
export function askAbout(draft: Draft, standing: Standing): void {
  if (standing.appointment === null) return;
  const step = nextStep(draft, 'ask-provider');
  emit(draft, 'provider', step, { kind: 'ask-provider', appointment: standing.appointment });
}
