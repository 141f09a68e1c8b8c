import type { Provider } from '../../workflows/contract/values.ts';
import { type Html, html } from '../../platform/html.ts';
import type { PageNeeds } from './layout.ts';
import { webAddress } from './web-address.ts';

/** Where each provider's booking pages are; null for a provider that is not configured. */
export type BookingOrigins = Readonly<Record<Provider, string | null>>;

/** A provider's calendar inside our page. */
export interface BookingWidget {
  /** The booking page itself, for who has no scripts. */
  readonly link: string;
  /** Null where the link leads to a place that we do not show in a frame. */
  readonly frame: { readonly body: Html; readonly needs: PageNeeds } | null;
}

const CALENDLY = 'https://calendly.com';

/** Where Calendly's own script is; a sandbox serves its own. */
const widgetScript = (origin: string): string =>
  `${origin === CALENDLY ? 'https://assets.calendly.com' : origin}/assets/external/widget.js`;

/**
 * Calendly's inline embed: its script puts the booking page into the element, whose address carries the form's contents
 * and our reference. It styles nothing that its frame needs, so that no policy is loosened for it.
 */
function calendlyFrame(link: string, origin: string): BookingWidget['frame'] {
  return {
    body: html`<div class="calendly-inline-widget widget scripted" data-url="${link}"></div>`,
    needs: { outsideScripts: [widgetScript(origin)], frames: [origin] },
  };
}

/**
 * Cal.com's embed as a frame of our own. Its script would write styles into the page, which only `unsafe-inline` allows;
 * what it does beside that is one message, which tells the framed page that it may show itself (our page's script).
 * Only addresses that end in `/embed` may be framed at all.
 */
function calcomFrame(link: string, origin: string, title: string): BookingWidget['frame'] {
  const url = new URL(link);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/embed`;
  return {
    body: html`<div class="widget scripted" data-frame="${url.href}" data-title="${title}"></div>`,
    needs: { frames: [origin] },
  };
}

/** How a booking link is shown; null where there is none that a browser may follow. */
export function bookingWidget(
  provider: Provider,
  bookingUrl: string | null,
  origins: BookingOrigins,
  title: string,
): BookingWidget | null {
  const link = webAddress(bookingUrl);
  if (link === null) return null;
  const { origin } = new URL(link);
  // Only the provider's own place: what it runs, it runs on the session's page.
  if (origin !== origins[provider]) return { link, frame: null };
  switch (provider) {
    case 'calendly':
      return { link, frame: calendlyFrame(link, origin) };
    case 'calcom':
      return { link, frame: calcomFrame(link, origin, title) };
  }
}
