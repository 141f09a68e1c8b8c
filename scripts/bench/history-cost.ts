import proto, { type temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;

/** What one run cost the server that keeps it. */
export interface HistoryCost {
  readonly events: number;
  /** Of the whole history, as the server stores and sends it. */
  readonly bytes: number;
  /** Billable, by Temporal Cloud's rules. */
  readonly actions: number;
}

/**
 * The billable actions of one event: a start, an attempt of an activity, a timer, a signal, an Update, an upsert of search
 * attributes.
 *
 * Source: Temporal Cloud's documentation, "Actions".
 */
function actionsOf(event: Event): number {
  // The start is two actions where the workflow is started by a schedule; ours never is.
  if (event.workflowExecutionStartedEventAttributes) return 1;
  // Retries are attempts too; only the last one's start is in the history, with its number.
  if (event.activityTaskStartedEventAttributes) return event.activityTaskStartedEventAttributes.attempt ?? 1;
  const billed =
    event.timerStartedEventAttributes ??
    event.workflowExecutionSignaledEventAttributes ??
    event.workflowExecutionUpdateAcceptedEventAttributes ??
    event.upsertWorkflowSearchAttributesEventAttributes;
  return billed ? 1 : 0;
}

/** Counts a history. */
export function costOf(history: History): HistoryCost {
  const events = history.events ?? [];
  return {
    events: events.length,
    bytes: proto.temporal.api.history.v1.History.encode(history).finish().byteLength,
    actions: events.reduce((sum, event) => sum + actionsOf(event), 0),
  };
}
