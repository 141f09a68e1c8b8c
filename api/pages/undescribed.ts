import type { UndescribedRoute } from '../docs/undescribed.ts';

/** What people meet: pages, their forms, and redirects. */
interface PageRoute extends UndescribedRoute {
  readonly methods: readonly ('GET' | 'POST')[];
}

const LOGIN = 'a step of a person’s login, behind the gateway: a page and its form';
const SESSION = 'a client’s page of their session, behind the gate';
const ACTION = 'the form of a client’s page of their session, behind the gate';

export const undescribedPages = [
  {
    path: '/booking/book',
    methods: ['GET', 'POST'],
    reason: 'where a booking link leads people, beside the operations: a page, its form, and the way on',
  },
  { path: '/customer/login', methods: ['GET', 'POST'], reason: LOGIN },
  { path: '/customer/login/code', methods: ['POST'], reason: LOGIN },
  { path: '/customer/login/link', methods: ['POST'], reason: LOGIN },
  { path: '/customer/logout', methods: ['POST'], reason: 'the end of a person’s login' },
  { path: '/customer/s/:slug', methods: ['GET'], reason: SESSION },
  {
    path: '/customer/s/:slug/join',
    methods: ['GET'],
    reason: 'it leads on to where the session takes place',
  },
  { path: '/customer/s/:slug/reschedule', methods: ['POST'], reason: ACTION },
  { path: '/customer/s/:slug/cancel', methods: ['POST'], reason: ACTION },
] as const satisfies readonly PageRoute[];

/** Mounted only where people can log in with an account elsewhere. */
export const undescribedAccountPages = [
  {
    path: '/customer/login/oidc',
    methods: ['GET'],
    reason: 'it leads a browser to the account’s provider',
  },
  {
    path: '/customer/login/oidc/callback',
    methods: ['GET'],
    reason: 'where the account’s provider sends a browser back to',
  },
] as const satisfies readonly PageRoute[];
