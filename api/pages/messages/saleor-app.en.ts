/** The app's page in a shop's dashboard. */
export const saleorAppEn = {
  unregistered:
    'This shop is not registered. Open the app from the dashboard of a shop that has installed it.',
  shop: 'Shop',
  registeredSince: 'Registered since',
  lastWebhook: 'Last webhook taken in',
  never: 'never',
  openSessions: 'Open sessions',
  needAttention: 'Sessions that need attention',
  quarantined: 'Webhooks that wait for a person',
  who: 'An operator sees which ones, and what to do, through the admin API.',
  reference: 'The API’s reference',
};

export type SaleorAppWords = typeof saleorAppEn;
