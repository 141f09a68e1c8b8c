import type { Session } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import type { Visit } from '../visit.ts';

type State = Pick<Session, 'phase' | 'outcome' | 'needs_attention'>;

const toneOf = ({ phase, outcome }: State): string => {
  if (outcome === 'completed') return ' ok';
  if (phase === 'scheduled' || phase === 'locked') return ' ok';
  return '';
};

/** A session's state in words: its phase, its outcome once it has one, and whether a person must look. */
export function sessionBadges({ language }: Pick<Visit, 'language'>, state: State): Html {
  const { phases, outcomes, needsAttention } = operatorSessionsWords[language];
  const { phase, outcome } = state;
  const name = outcome === null ? phases[phase] : outcomes[outcome];
  return html`<span class="badge${toneOf(state)}">${name}</span>${
    state.needs_attention && html` <span class="badge warn">${needsAttention}</span>`
  }`;
}
