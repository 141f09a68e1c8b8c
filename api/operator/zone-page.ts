import { html } from '../../platform/html.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { form } from './forms.ts';
import type { OperatorPage, OperatorView, Visit } from './visit.ts';
import { zoneCookie } from './zone.ts';

const PATH = '/admin/zone';

function zones(chosen: string): readonly string[] {
  return [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])];
}

function view(visit: Visit, chosen: string, wrong: boolean): OperatorView {
  const { zone: words } = operatorFrameWords[visit.language];
  const options = zones(wrong ? visit.zone : chosen).map(
    (zone) => html`<option value="${zone}"${zone === chosen && html` selected`}>${zone}</option>`,
  );
  return {
    kind: 'view',
    ...(wrong && { status: 400 }),
    title: words.title,
    place: null,
    body: html`<p>${words.lead}</p>
${form(
  visit,
  PATH,
  html`<div class="field"><label for="zone">${words.label}</label>
<select id="zone" name="zone"${wrong && html` aria-invalid="true" aria-describedby="zone-error"`}>${options}</select>
${wrong && html`<p class="error" id="zone-error" role="alert">${words.unknown}</p>`}</div>
<p><button type="submit">${words.save}</button></p>`,
)}`,
  };
}

/** The time zone that this browser is shown times in. @param secure as all cookies of operators. */
export function zonePage(secure: boolean): OperatorPage {
  return {
    path: PATH,
    show: async (visit) => view(visit, visit.zone, false),
    async take(visit, sent) {
      const cookie = zoneCookie(sent.text('zone'), secure);
      if (cookie === undefined) return view(visit, sent.text('zone'), true);
      visit.res.append('set-cookie', cookie);
      return { kind: 'go', to: '/admin', told: { act: 'zone', outcome: 'done' } };
    },
  };
}
