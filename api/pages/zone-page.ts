import { html } from '../../platform/html.ts';
import { sessionPath } from '../gate/paths.ts';
import type { RenderedPage } from './layout.ts';
import { recordWords } from './messages/records.ts';
import { type SessionPlace, sidePage } from './session-frame.ts';
import { zonesByRegion } from './zone-choice.ts';

/** Every time zone to choose from, for who has no scripts or wants another one. */
export function zonePage(place: SessionPlace, isUnknown: boolean): RenderedPage {
  const { row, reader, zone } = place;
  const words = recordWords[reader.language].zone;
  const options = [...zonesByRegion()].map(
    ([region, zones]) =>
      html`<optgroup label="${region}">${zones.map(
        (one) => html`<option${one === zone && html` selected`}>${one}</option>`,
      )}</optgroup>`,
  );
  return sidePage(
    place,
    words.title,
    html`<p>${words.now(zone)} ${row.timeZone !== zone && words.own(row.timeZone)}</p>
<form class="card" method="post" action="${sessionPath(row.slug)}/time-zone">
<div class="field"><label for="zone">${words.label}</label>
<select id="zone" name="zone" aria-describedby="zone-hint${isUnknown && ' zone-error'}"${isUnknown && html` aria-invalid="true"`}>${options}</select>
<p class="hint" id="zone-hint">${words.hint}</p>
${isUnknown && html`<p class="error" id="zone-error" role="alert">${words.unknown}</p>`}</div>
<button type="submit">${words.save}</button>
</form>`,
  );
}
