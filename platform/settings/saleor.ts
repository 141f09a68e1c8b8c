import { flag, httpUrl, list, origins, shops, text } from '../config-values.ts';
import { settingWords } from './words.ts';

export const saleorSettings = () => ({
  SALEOR_API_URL: httpUrl("the shop's GraphQL endpoint", { exact: true }).optional().register(settingWords, {
    meaning: "The shop's GraphQL endpoint, as Saleor names itself in its webhooks.",
    readBy: 'API and worker',
    neededWhen: 'without `SALEOR_SHOPS`, and with `SALEOR_APP_TOKEN`',
  }),
  SALEOR_APP_TOKEN: text("the Saleor app's token").optional().register(settingWords, {
    meaning: 'The token of an app made by hand. It counts as long as our app is not installed at the shop.',
    readBy: 'API and worker',
    secret: true,
    otherwise: 'what the shop handed over when it installed the app',
  }),
  SALEOR_SHOPS: shops().register(settingWords, {
    meaning: 'Several shops, each with the id of its tenant: `https://one.example.com/graphql/=1,…`.',
    readBy: 'API and worker',
    otherwise: '`SALEOR_API_URL` alone, of `DEFAULT_TENANT_ID`',
  }),
  SALEOR_DASHBOARD_ORIGINS: origins().register(settingWords, {
    meaning: "Where shops' dashboards are that are not on their shop's own origin.",
    readBy: 'API',
  }),
  SALEOR_FULFIL: flag().register(settingWords, {
    meaning: 'Whether the unit of each session that took place is fulfilled.',
    readBy: 'worker',
  }),
  SALEOR_WAREHOUSE: text('the id of the warehouse that sessions are fulfilled from')
    .optional()
    .register(settingWords, {
      meaning: "Saleor's id of the warehouse that they are fulfilled from.",
      readBy: 'worker',
      neededWhen: '`SALEOR_FULFIL=true`',
    }),
  SALEOR_SESSION_PRODUCT_TYPES: list('paid-session').register(settingWords, {
    meaning: 'Slugs of the product types whose lines are sessions.',
    readBy: 'API and worker',
  }),
});
