import type { Provider } from '../../workflows/contract/values.ts';
import { markedLink as calcomLink } from '../calcom/booking-link.ts';
import { schedulingUrl } from '../calendly/scheduling-url.ts';
import type { LinkFacts } from './provider.ts';

/** A provider's booking page that names whose appointment is booked with it, its form filled in. */
export function markedLink(provider: Provider, link: string, facts: LinkFacts): string {
  switch (provider) {
    case 'calendly':
      return schedulingUrl(link, facts);
    case 'calcom':
      return calcomLink(link, facts);
  }
}
