import { html } from '../../platform/html.ts';
import type { RenderedPage } from './layout.ts';
import { recordWords } from './messages/records.ts';
import { amountInWords } from '../../platform/money.ts';
import type { SessionFacts } from './session-facts.ts';
import { type SessionPlace, sidePage, timeOf } from './session-frame.ts';

function refundOf({ refund }: SessionFacts): 'none' | 'settling' | 'requested' | 'done' {
  switch (refund) {
    case 'none':
    case 'skipped':
      return 'none';
    case 'settling':
    case 'done':
      return refund;
    case 'requested':
    case 'awaiting-approval':
    case 'failed':
      return 'requested';
  }
}

/** What was paid for, as the records have it. */
export function receiptPage(place: SessionPlace, facts: SessionFacts): RenderedPage {
  const { row, reader } = place;
  const words = recordWords[reader.language].receipt;
  const refund = refundOf(facts);
  const fact = (name: string, value: string | ReturnType<typeof html>) =>
    html`<dt>${name}</dt><dd>${value}</dd>`;
  return sidePage(
    place,
    words.title,
    html`<section class="card"><dl class="facts">
${fact(words.from, row.tenantName)}
${row.orderNumber !== null && fact(words.order, row.orderNumber)}
${row.paidAt !== null && fact(words.paidOn, timeOf(row.paidAt, place))}
${fact(words.product, row.variantName === '' || row.variantName === row.productName ? row.productName : `${row.productName}, ${row.variantName}`)}
${row.units > 1 && fact(words.unit, words.unitOf(row.unit + 1, row.units))}
${fact(words.amount, amountInWords(row.amount, row.currency, reader.language))}
${refund !== 'none' && fact(words.refund, words.refunds[refund])}
</dl></section>
<p class="muted">${words.note}</p>`,
  );
}
