import type { PageRow } from '../../db/queries/session-page.ts';
import { type Html, html } from '../../platform/html.ts';
import { sessionPath } from '../gate/paths.ts';
import { languageSwitch, type Reader } from './language-choice.ts';
import { type PageNeeds, type RenderedPage, renderPage } from './layout.ts';
import { sessionWords } from './messages/session.ts';
import { timeInWords } from './time.ts';

/** Whose session a page is about, and whom it speaks to. */
export interface SessionPlace {
  readonly row: PageRow;
  readonly reader: Reader;
  /** The zone that all times are written in. */
  readonly zone: string;
}

/** An instant in the page's language and zone, readable by programs too. */
export function timeOf(at: number, { reader, zone }: SessionPlace): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${timeInWords(at, zone, reader.language)}</time>`;
}

/** The same as plain text. */
export function timeText(at: number, { reader, zone }: SessionPlace): string {
  return timeInWords(at, zone, reader.language);
}

/** A page of a session: the business on top, the other languages at its foot. */
export function sessionFrame(
  place: SessionPlace,
  title: string,
  body: Html,
  needs: PageNeeds = {},
): RenderedPage {
  return renderPage({
    ...needs,
    language: place.reader.language,
    title,
    top: html`<p class="brand">${place.row.tenantName}</p>`,
    body,
    foot: languageSwitch(place.reader),
  });
}

/** A page beside the session's own, with the way back to it. */
export function sidePage(
  place: SessionPlace,
  title: string,
  body: Html,
  needs: PageNeeds = {},
): RenderedPage {
  const words = sessionWords[place.reader.language];
  return sessionFrame(
    place,
    title,
    html`${body}
<p class="no-print"><a href="${sessionPath(place.row.slug)}">${words.backToSession}</a></p>`,
    needs,
  );
}
