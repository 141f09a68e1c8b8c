import type { TimelineEntry } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import type { Language } from '../../../platform/language.ts';
import { operatorOutcomeWords } from '../../pages/messages/operator-outcomes.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { operatorStoryWords } from '../../pages/messages/operator-story.ts';
import { remedyInWords } from '../../pages/messages/operator-remedies.ts';
import { time } from '../times.ts';
import type { Visit } from '../visit.ts';

const named = (names: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(names, code) ? names[code] : undefined;

/** A step by its name in words, with what tells it apart from others of its kind. */
export function stepInWords(language: Language, step: string): string {
  const [kind = step, ...rest] = step.split(':');
  const words = named(operatorStoryWords[language].steps, kind) ?? kind;
  return rest.length === 0 ? words : `${words} (${rest.join(':')})`;
}

/** Why, in words; a code that has none stands for itself. */
export function reasonInWords(language: Language, reason: string): string {
  const story = named(operatorStoryWords[language].reasons, reason);
  return story ?? named(operatorOutcomeWords[language].reasons, reason) ?? remedyInWords(language, reason);
}

function eventInWords(language: Language, event: string): string {
  const { events } = operatorStoryWords[language];
  // `effect.failed:write-ticket` and the like name their step behind the colon.
  const [kind = event, ...rest] = event.split(':');
  const words = named(events, event) ?? named(events, kind) ?? event;
  return rest.length === 0 ? words : `${words}: ${stepInWords(language, rest.join(':'))}`;
}

function entry(visit: Visit, one: TimelineEntry): Html {
  const { language } = visit;
  const { phases, timeline } = operatorSessionsWords[language];
  const codes = one.kind === 'gateway' ? `${one.event} ${one.status}` : `${one.event} · ${one.reason}`;
  const moved =
    one.kind === 'decision' && one.from !== one.to && timeline.from(phases[one.from], phases[one.to]);
  return html`<li>${time(one.at, visit)}${eventInWords(language, one.event)}: ${reasonInWords(language, one.reason)}${
    moved !== false && html`<br><span class="badge">${moved}</span>`
  } <code class="muted">${codes}</code></li>`;
}

/** What happened in a session, oldest first. */
export function story(visit: Visit, entries: readonly TimelineEntry[]): Html {
  const { timeline } = operatorSessionsWords[visit.language];
  if (entries.length === 0) return html`<p>${timeline.none}</p>`;
  return html`<ol class="timeline">${entries.map((one) => entry(visit, one))}</ol>`;
}
