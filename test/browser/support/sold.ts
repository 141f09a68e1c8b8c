import { z } from 'zod';
import { sessionKeyOf } from '../../../platform/session-ids.ts';
import type { Language } from '../../../platform/language.ts';
import { observe } from '../../../scripts/demo/observe.ts';
import { uuidOf } from '../../../scripts/demo/story.ts';
import { createVendors } from '../../../scripts/demo/vendors.ts';
import type { StackAddresses } from '../../../scripts/stack/addresses.ts';
import type { Provider, SessionKey } from '../../../workflows/contract/values.ts';

/** A session that somebody paid for, as its client knows it. */
export interface Sold {
  readonly sessionKey: SessionKey;
  readonly email: string;
  readonly productName: string;
  /** The mailed link, token and all. */
  readonly link: string;
  /** The session's page, without the token. */
  readonly pageUrl: string;
  readonly ticketId: number;
}

const PATIENCE_MS = 60_000;
const LINK = /https?:\/\/[^"'<>\s]+\/customer\/s\/[A-Za-z0-9_-]+\?token=[^"'<>\s&]+/;

const policy = {
  'session.cutoff': 'PT24H',
  'session.gate-opens': 'PT15M',
  'session.booking-deadline': 'P30D',
} as const;

const productNames: Readonly<Record<Language, string>> = {
  en: 'Consulting session',
  de: 'Unternehmensnachfolgeberatungsgespräch',
};

/** Pays one session in the shop's sandbox, in a language, and waits for the mail with its link. */
export async function sell(
  stack: StackAddresses,
  sold: {
    readonly language: Language;
    readonly provider: Provider;
    readonly email: string;
    /** Of the product, beside what every session has. */
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Promise<Sold> {
  const vendors = createVendors(stack, policy);
  const productName = productNames[sold.language];
  const paid = await fetch(`${stack.saleor.url}/sandbox/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      email: sold.email,
      firstName: 'Ada',
      lastName: 'Client',
      language: sold.language.toUpperCase(),
      lines: [
        {
          productName,
          quantity: 1,
          unitAmount: '149.00',
          durationMinutes: 60,
          productMetadata: { ...policy, 'session.provider': sold.provider, ...sold.metadata },
          variantMetadata: { 'session.join-url': 'https://meet.example.com/ada' },
        },
      ],
    }),
  });
  const { orderId } = z.object({ orderId: z.string() }).parse(await paid.json());
  const sessionKey = sessionKeyOf({
    saleorDomain: new URL(stack.saleor.apiUrl).host,
    orderUuid: uuidOf(orderId),
    lineUuid: uuidOf(await vendors.lineOf(orderId)),
    unit: 0,
  });
  const ticket = await observe('the ticket', PATIENCE_MS, () => vendors.ticket(sessionKey));
  const link = await observe('the mailed link', PATIENCE_MS, async () => {
    const articles = await vendors.articles(ticket.id);
    const mails = articles.filter(({ type }) => type === 'email').map(({ body }) => body);
    return LINK.exec(mails.join('\n'))?.[0];
  });
  const { email } = sold;
  return { sessionKey, email, productName, link, pageUrl: link.split('?')[0] ?? link, ticketId: ticket.id };
}
