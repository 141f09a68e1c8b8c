import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { BookingView } from '../contract/booking.ts';
import type { NextDue } from '../policy/rules.ts';

// Those of the sessions: what is not registered fails the task. They stay in clear, so no personal data.
const sessionStatus = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const tenantId = defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD);
const sessionStart = defineSearchAttributeKey('SessionStart', SearchAttributeType.DATETIME);
const needsAttention = defineSearchAttributeKey('NeedsAttention', SearchAttributeType.KEYWORD);

function attributesOf(view: BookingView): readonly SearchAttributeUpdatePair[] {
  return [
    { key: sessionStatus, value: view.status },
    { key: tenantId, value: String(view.tenantId) },
    { key: sessionStart, value: view.startsAt === null ? null : new Date(view.startsAt) },
    { key: needsAttention, value: view.attention.length > 0 ? 'yes' : 'no' },
  ];
}

const comparable = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : '';

function describe(view: BookingView, next: NextDue | null): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['starts', view.startsAt],
    ['ends', view.endsAt],
    ['next', next && `${next.what}, ${view.nextInstant}`],
    ['appointment', view.appointment],
    ['no-show', view.noShow ? 'yes' : null],
    ['reschedules', view.reschedules > 0 ? String(view.reschedules) : null],
  ];
  const lines = [`**${view.reason === null ? view.status : `${view.status}: ${view.reason}`}**`, ''];
  for (const [name, value] of facts) if (value !== null) lines.push(`- ${name}: \`${value}\``);
  if (view.attention.length > 0) lines.push('', '### Needs attention');
  for (const { step, code, since } of view.attention)
    lines.push(
      `- **${code}** since ${since}. Update \`retryStep\` or \`skipStep\` with \`${JSON.stringify({ step })}\`.`,
    );
  return lines.join('\n');
}

/** Makes the run explain itself in Temporal UI: its search attributes and its current details. */
export function show(view: BookingView, next: NextDue | null): void {
  const known = new Map(
    workflowInfo()
      .typedSearchAttributes.getAll()
      .map(({ key, value }) => [key.name, comparable(value)]),
  );
  // Each upsert is an event and an action: only what differs is sent.
  const changed = attributesOf(view).filter(
    ({ key, value }) => comparable(value) !== (known.get(key.name) ?? ''),
  );
  if (changed.length > 0) upsertSearchAttributes(changed);
  setCurrentDetails(describe(view, next));
}
