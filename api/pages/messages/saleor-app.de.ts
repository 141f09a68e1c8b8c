import type { SaleorAppWords } from './saleor-app.en.ts';

export const saleorAppDe: SaleorAppWords = {
  unregistered:
    'Dieser Shop ist nicht angemeldet. Öffnen Sie die App aus dem Dashboard eines Shops, in dem sie installiert ist.',
  shop: 'Shop',
  registeredSince: 'Angemeldet seit',
  lastWebhook: 'Letzter angenommener Webhook',
  never: 'nie',
  openSessions: 'Offene Sitzungen',
  needAttention: 'Sitzungen, um die sich jemand kümmern muss',
  quarantined: 'Webhooks, die auf einen Menschen warten',
  who: 'Welche das sind und was zu tun ist, sieht ein Operator über die Admin-API.',
  reference: 'Die Referenz der API',
};
