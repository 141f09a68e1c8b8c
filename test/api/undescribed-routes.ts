/** A route of the public listener that is not an operation of the API. */
interface UndescribedRoute {
  /** As Express writes it. */
  readonly path: string;
  readonly reason: string;
}

const LOGIN = 'a step of a person’s login, behind the gateway: a page and its form';
const ACTION = 'what follows from an action, told before, and its form, behind the gate';

/** The readable reference: a page and its files. */
export const referenceRoutes = [
  { path: '/docs', reason: 'the reference itself, for people' },
  { path: '/docs/initializer.js', reason: 'a file of the reference' },
  { path: '/docs/swagger-ui.css', reason: 'a file of the reference' },
  { path: '/docs/swagger-ui-bundle.js', reason: 'a file of the reference' },
  { path: '/docs/favicon-32x32.png', reason: 'a file of the reference' },
] as const satisfies readonly UndescribedRoute[];

/** What people meet: pages, their forms, and redirects. */
export const peoplesPages = [
  {
    path: '/booking/book',
    reason: 'where a booking link leads people, beside the operations: a page, its form, and the way on',
  },
  { path: '/saleor/app', reason: 'the app’s page in a shop’s dashboard' },
  { path: '/customer/login', reason: LOGIN },
  { path: '/customer/login/code', reason: LOGIN },
  { path: '/customer/login/link', reason: LOGIN },
  { path: '/customer/logout', reason: 'the end of a person’s login' },
  { path: '/customer/s/:slug', reason: 'a client’s page of their session, behind the gate' },
  { path: '/customer/s/:slug/join', reason: 'it leads on to where the session takes place' },
  { path: '/customer/s/:slug/receipt', reason: 'what a client paid for, as a page' },
  { path: '/customer/s/:slug/history', reason: 'what happened to a session, as a page for its client' },
  { path: '/customer/s/:slug/calendar.ics', reason: 'a session as a file for its client’s calendar' },
  { path: '/customer/s/:slug/time-zone', reason: 'which zone a client’s pages write times in, and its form' },
  { path: '/customer/s/:slug/events', reason: 'the changes of a session, for its page’s own script' },
  { path: '/customer/s/:slug/reschedule', reason: ACTION },
  { path: '/customer/s/:slug/cancel', reason: ACTION },
  { path: '/customer/s/:slug/late-change', reason: ACTION },
] as const satisfies readonly UndescribedRoute[];

const OPERATOR = 'a page of operators, over the operations of the API';

/** The operators' pages. */
export const operatorPages = [
  { path: '/admin/sign-in', reason: 'an operator’s sign-in: a page and its form' },
  { path: '/admin/sign-out', reason: 'the end of an operator’s sign-in' },
  { path: '/admin/zone', reason: 'the time zone that a browser is shown times in' },
  { path: '/admin', reason: OPERATOR },
  { path: '/admin/sessions', reason: OPERATOR },
  { path: '/admin/sessions.csv', reason: 'the list of sessions as a file, as the API writes it' },
  { path: '/admin/sessions/start', reason: OPERATOR },
  { path: '/admin/sessions/bulk', reason: OPERATOR },
  { path: '/admin/sessions/:id', reason: OPERATOR },
  { path: '/admin/sessions/:id/timeline', reason: OPERATOR },
] as const satisfies readonly UndescribedRoute[];

/** The places of the operators beside the overview and the sessions. */
export const operatorPlaces: readonly UndescribedRoute[] = [
  '/admin/bookings',
  '/admin/bookings.csv',
  '/admin/bookings/delete',
  '/admin/bookings/:id',
  '/admin/bookings/:id/calendly',
  '/admin/calendly',
  '/admin/inbox',
  '/admin/inbox.csv',
  '/admin/inbox/replay',
  '/admin/inbox/:id',
  '/admin/health',
  '/admin/schedules',
  '/admin/schedules/:id',
  '/admin/webhooks',
  '/admin/webhooks/:id',
  '/admin/webhooks/:id/deliveries/:delivery',
  '/admin/catalog',
  '/admin/catalog/calendars',
  '/admin/catalog/calendars.csv',
  '/admin/catalog/calendars/:id',
  '/admin/catalog/templates',
  '/admin/catalog/templates.csv',
  '/admin/catalog/templates/:id',
  '/admin/catalog/clients',
  '/admin/catalog/clients.csv',
  '/admin/catalog/clients/:id',
  '/admin/catalog/clients/:id/export',
  '/admin/catalog/clients/:id/erasures/:erasure',
  '/admin/catalog/links',
  '/admin/catalog/links.csv',
  '/admin/catalog/links/revoke',
  '/admin/audit',
  '/admin/audit.csv',
  '/admin/views',
  '/admin/views/:id',
].map((path) => ({ path, reason: OPERATOR }));

/** Mounted only where people can log in with an account elsewhere. */
export const accountPages = [
  { path: '/customer/login/oidc', reason: 'it leads a browser to the account’s provider' },
  {
    path: '/customer/login/oidc/callback',
    reason: 'where the account’s provider sends a browser back to',
  },
  { path: '/admin/sign-in/account', reason: 'it leads an operator’s browser to the account’s provider' },
  { path: '/admin/sign-in/callback', reason: 'where that provider sends it back to' },
] as const satisfies readonly UndescribedRoute[];
