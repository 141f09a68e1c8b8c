import type { AttentionWebhook, SystemWebhook } from '../../workflows/contract/webhook.ts';
import type { AttentionRow } from '../tables.ts';

/** Which event a change of what needs attention makes; null: none. */
export function attentionEvent(row: AttentionRow, change: 'raised' | 'gone'): AttentionWebhook | null {
  const raised = change === 'raised';
  if (row.kind === 'late-change')
    return raised ? 'session.late_change_requested' : 'session.late_change_decided';
  if (row.kind !== 'attention') return null;
  if (row.booking_key !== null) return raised ? 'booking.attention_raised' : 'booking.attention_cleared';
  return raised ? 'session.attention_raised' : 'session.attention_cleared';
}

/** Which event it is that the system found something; null: it is a session's or a booking's. */
export function systemEvent({ kind }: Pick<AttentionRow, 'kind'>): SystemWebhook | null {
  if (kind === 'quarantine') return 'system.webhook_quarantined';
  return kind === 'housekeeping' ? 'system.housekeeping_raised' : null;
}
