import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
  type TypedSearchAttributes,
} from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SessionView } from '../contract/session.ts';
import type { NextDue } from '../policy/rules.ts';
import { describe } from './details.ts';

// Search attributes stay in clear whatever the codec does: no personal data, and only types that never run out.
const sessionStatus = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const tenantId = defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD);
const sessionStart = defineSearchAttributeKey('SessionStart', SearchAttributeType.DATETIME);
const rescheduleCutoff = defineSearchAttributeKey('RescheduleCutoff', SearchAttributeType.DATETIME);
const needsAttention = defineSearchAttributeKey('NeedsAttention', SearchAttributeType.KEYWORD);
const rulesVersion = defineSearchAttributeKey('RulesVersion', SearchAttributeType.KEYWORD);

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** A late change that waits for a person is what operators look for, whatever the phase is. */
const LATE_CHANGE = 'late-change';

/** What an operator can list sessions by. */
function attributesOf(view: SessionView, attentive: boolean): readonly SearchAttributeUpdatePair[] {
  return [
    { key: sessionStatus, value: attentive && view.lateChange !== null ? LATE_CHANGE : view.phase },
    { key: tenantId, value: String(view.tenantId) },
    { key: sessionStart, value: dateOf(view.startsAt) },
    { key: rescheduleCutoff, value: dateOf(view.cutoffAt) },
    { key: needsAttention, value: view.attention.length > 0 ? 'yes' : 'no' },
    { key: rulesVersion, value: String(view.rulesVersion) },
  ];
}

const comparable = (value: SearchAttributePair['value'] | null | undefined): string =>
  value instanceof Date ? value.toISOString() : String(value ?? '');

function differences(
  wanted: readonly SearchAttributeUpdatePair[],
  known: TypedSearchAttributes,
): SearchAttributeUpdatePair[] {
  const values = new Map(known.getAll().map(({ key, value }) => [key.name, comparable(value)]));
  return wanted.filter(({ key, value }) => comparable(value) !== (values.get(key.name) ?? ''));
}

/** The clock alone led here: the cutoff, the start and the run's own end tell it to whoever lists sessions. */
function ledByClock({ phase, outcome }: SessionView): boolean {
  return phase === 'locked' || (phase === 'settling' && outcome === null) || phase === 'ended';
}

/**
 * Each upsert is an event and an action: only what differs is sent, and nothing where only the clock moved the status
 * on. It is sent with the next change, if there is one.
 */
function upsertsFor(view: SessionView, attentive: boolean): readonly SearchAttributeUpdatePair[] {
  const known = workflowInfo().typedSearchAttributes;
  const changed = differences(attributesOf(view, attentive), known);
  const late = changed.some(({ value }) => value === LATE_CHANGE) || known.get(sessionStatus) === LATE_CHANGE;
  return !late && ledByClock(view) && changed.every(({ key }) => key.name === sessionStatus.name)
    ? []
    : changed;
}

/** Makes the run explain itself in Temporal UI: its search attributes and its current details. */
export function show(view: SessionView, next: NextDue | null, attentive: boolean): void {
  const changed = upsertsFor(view, attentive);
  if (changed.length > 0) upsertSearchAttributes([...changed]);
  setCurrentDetails(describe(view, next));
}
