import { ORDER_FIELDS } from './paid-orders.ts';

/** What a shop tells us of, by the name of its enum and of its type. */
const EVENTS = [
  ['ORDER_FULLY_PAID', 'OrderFullyPaid'],
  ['ORDER_CANCELLED', 'OrderCancelled'],
  ['ORDER_REFUNDED', 'OrderRefunded'],
  ['ORDER_FULLY_REFUNDED', 'OrderFullyRefunded'],
] as const;

/** The same within all installations: a shop takes one app of this name. */
const APP_IDENTIFIER = 'latchkey.sessions';

/** Orders, their fulfilment and their metadata; refunds of transactions. */
const PERMISSIONS = ['MANAGE_ORDERS', 'HANDLE_PAYMENTS'] as const;

const subscription = `subscription {
  event {
    __typename version issuedAt recipient { id }
    ${EVENTS.map(([, type]) => `... on ${type} { order { ...SoldOrder } }`).join('\n    ')}
  }
}
fragment SoldOrder on Order {${ORDER_FIELDS}
}`;

/** What a shop reads to install the app. */
export interface SaleorManifest {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly about: string;
  readonly author: string;
  readonly permissions: readonly string[];
  readonly appUrl: string;
  readonly tokenTargetUrl: string;
  readonly requiredSaleorVersion: string;
  readonly extensions: readonly never[];
  readonly webhooks: readonly {
    readonly name: string;
    readonly asyncEvents: readonly string[];
    readonly query: string;
    readonly targetUrl: string;
    readonly isActive: boolean;
  }[];
}

/** @param publicUrl where the outside reaches us; what a request calls us is not believed. */
export function saleorManifest(publicUrl: string): SaleorManifest {
  return {
    id: APP_IDENTIFIER,
    version: '0.1.0',
    name: 'Latchkey',
    about: 'Owns each paid session from its payment to its end: ticket, link, appointment, changes, refund.',
    author: 'Latchkey',
    permissions: PERMISSIONS,
    appUrl: `${publicUrl}/saleor/app`,
    tokenTargetUrl: `${publicUrl}/saleor/register`,
    requiredSaleorVersion: '>=3.20 <4',
    extensions: [],
    webhooks: [
      {
        name: 'Orders',
        asyncEvents: EVENTS.map(([name]) => name),
        query: subscription,
        targetUrl: `${publicUrl}/webhooks/saleor`,
        isActive: true,
      },
    ],
  };
}
