import { createVendors } from '../../scripts/demo/vendors.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { sessionKeyOf } from '../../platform/session-ids.ts';
import type { StackAddresses } from '../../scripts/stack/addresses.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

/** A session that was paid in the shop's twin, as its client knows it. */
export interface PaidSession {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  /** The mailed link, token and all. */
  readonly link: string;
  readonly token: string;
  readonly ticketId: number;
}

const PATIENCE_MS = 60_000;
const LINK = /https?:\/\/[^"'<>\s]+\/customer\/s\/([A-Za-z0-9_-]+)\?token=([^"'<>\s&]+)/;

/** Saleor's ids are base64 of `Type:<uuid>`. */
function uuidOf(saleorId: string): string {
  return Buffer.from(saleorId, 'base64').toString('utf8').split(':')[1] ?? saleorId;
}

/** Pays one session in the shop. @returns its key; the session may not be there yet. */
export async function pay(
  stack: StackAddresses,
  policy?: Readonly<Record<string, string>>,
): Promise<SessionKey> {
  const vendors = createVendors(stack, policy);
  const { orderId } = await vendors.pay();
  const line = await vendors.lineOf(orderId);
  return sessionKeyOf({
    saleorDomain: new URL(stack.saleor.apiUrl).host,
    orderUuid: uuidOf(orderId),
    lineUuid: uuidOf(line),
    unit: 0,
  });
}

/** Pays one session and waits for the mail with its link. */
export async function paySession(
  stack: StackAddresses,
  policy?: Readonly<Record<string, string>>,
): Promise<PaidSession> {
  const vendors = createVendors(stack, policy);
  const sessionKey = await pay(stack, policy);
  const ticket = await observe('the ticket', PATIENCE_MS, () => vendors.ticket(sessionKey));
  const [link, slug, token] = await observe('the mailed link', PATIENCE_MS, async () => {
    const articles = await vendors.articles(ticket.id);
    const body = articles
      .filter(({ type }) => type === 'email')
      .map((article) => article.body)
      .join('\n');
    return LINK.exec(body) ?? undefined;
  });
  if (slug === undefined || token === undefined) throw new Error('the link has no slug or no token');
  return { sessionKey, slug, link, token, ticketId: ticket.id };
}
