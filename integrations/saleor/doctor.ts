import { z } from 'zod';
import { createHttpClient, type Fetch } from '../../platform/http-client.ts';
import type { Check } from '../setup/check.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';

export interface SaleorDoctor {
  /** The GraphQL endpoint. */
  readonly apiUrl: string;
  /** Null: no app of ours is installed, as far as we know. */
  readonly appToken: string | null;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly fetch?: Fetch;
}

const SETTINGS = { vendor: 'Saleor', address: 'SALEOR_API_URL', credential: 'SALEOR_APP_TOKEN' } as const;

/** Anybody may ask it; an answer in this shape is GraphQL's, whatever the token is. */
const anyAnswer = z.union([
  z.looseObject({ data: z.unknown() }),
  z.looseObject({ errors: z.array(z.unknown()).min(1) }),
]);
const appAnswer = z.looseObject({
  data: z
    .looseObject({
      app: z.looseObject({ id: z.string() }).nullable(),
    })
    .nullable(),
});
const jwksAnswer = z.looseObject({ keys: z.array(z.looseObject({ kty: z.literal('RSA') })).min(1) });

/** Saleor answers a wrong token with 200 and no app, or with a missing permission: never with 401. */
export function saleorChecks(options: SaleorDoctor): readonly Check[] {
  const { origin, pathname } = new URL(options.apiUrl);
  const common = {
    vendor: 'saleor',
    baseUrl: origin,
    timeoutMs: options.timeoutMs,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  };
  const http = createHttpClient({
    ...common,
    headers: options.appToken === null ? {} : { authorization: `Bearer ${options.appToken}` },
  });
  const anonymous = createHttpClient({ ...common, headers: {} });

  return [
    {
      name: 'saleor-url',
      subject: "`SALEOR_API_URL` is a shop's GraphQL endpoint",
      remedy: 'Put the address of the GraphQL endpoint into `SALEOR_API_URL`, with `/graphql/` at its end.',
      after: [],
      async look() {
        try {
          await anonymous.request({
            method: 'POST',
            path: pathname,
            body: { query: '{ __typename }' },
            accept: [200, 400],
            schema: anyAnswer,
          });
          return { status: 'ok', message: `A GraphQL endpoint answers at ${origin}${pathname}` };
        } catch (error) {
          return lookOfFailure(error, SETTINGS);
        }
      },
    },
    {
      name: 'saleor-installed',
      subject: 'Our app is installed at the shop',
      remedy: 'Install the app at the shop, or put the token of an app into `SALEOR_APP_TOKEN` and restart.',
      after: [],
      look: async () =>
        options.appToken === null
          ? { status: 'failed', message: 'No token of an app at this shop is known' }
          : { status: 'ok', message: 'A token of an app is known' },
    },
    {
      name: 'saleor-app',
      subject: "The app's token is good, and the app is active",
      remedy:
        'The app was removed or switched off, or its token was revoked: switch it on, or install it again and restart with its new token.',
      after: ['saleor-url', 'saleor-installed'],
      async look() {
        const { body } = await http.request({
          method: 'POST',
          path: pathname,
          body: { query: '{ app { id } }' },
          schema: appAnswer,
        });
        return body.data?.app
          ? { status: 'ok', message: 'The app is there and its token is good' }
          : { status: 'failed', message: 'Saleor knows no active app with this token' };
      },
    },
    {
      name: 'saleor-jwks',
      subject: "The shop's public keys can be fetched",
      remedy:
        'Make `/.well-known/jwks.json` of the shop reachable from here: without it no webhook can be verified.',
      after: ['saleor-url'],
      async look() {
        await anonymous.request({
          method: 'GET',
          path: '/.well-known/jwks.json',
          schema: jwksAnswer,
        });
        return { status: 'ok', message: "The shop's public keys are there" };
      },
    },
  ];
}
