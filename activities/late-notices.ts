import { type Html, html } from '../platform/html.ts';
import type { TicketNote } from '../workflows/contract/effects.ts';
import { lateDefaultTexts, putRightTexts } from './notice-topics.ts';
import { readableTime } from './times.ts';

/** What agents must know of a late change: what is wanted, until when they may answer, what is left to do. */
export function lateParagraphs({ topic, late }: TicketNote, timeZone: string): readonly Html[] {
  if (!late) return [];
  const { kind, wanted, deadline, byDefault } = late;
  const task = topic === 'late-change-declined-but-moved' ? putRightTexts[kind] : null;
  return [
    ...(wanted === null
      ? []
      : [
          html`<p>Wanted instead:</p><ul>
<li>Start: ${readableTime(wanted.startsAt, timeZone, 'en')}</li>
<li>End: ${readableTime(wanted.endsAt, timeZone, 'en')}</li>
${wanted.appointment !== null && html`<li>Appointment: <code>${wanted.appointment}</code></li>`}
</ul>`,
        ]),
    task === null
      ? html`<p>Answer until ${readableTime(deadline, timeZone, 'en')}. ${lateDefaultTexts[byDefault]}</p>`
      : html`<p>${task}</p><p>It needs attention until the provider has the session's time, or until somebody skips <code>late-change-declined-but-moved</code>.</p>`,
  ];
}
