import { z } from 'zod';
import { createHttpClient, type Fetch, type HttpClient } from '../../platform/http-client.ts';
import type { Check, Look } from '../setup/check.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';

export interface ShopToLookAt {
  /** The GraphQL endpoint. */
  readonly apiUrl: string;
  /** The token of our app there; null: no app of ours is installed, as far as we know. */
  readonly token: () => Promise<string | null>;
}

export interface SaleorDoctor {
  readonly shops: readonly ShopToLookAt[];
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

/** The findings of all shops as one: the first that is wrong counts, and each wrong one is named. */
export function lookAtAll(looks: readonly (readonly [string, Look])[], well: string): Look {
  const wrong = looks.filter(([, { status }]) => status !== 'ok');
  const [first] = wrong;
  if (first === undefined) return { status: 'ok', message: well };
  return { ...first[1], message: wrong.map(([shop, { message }]) => `${shop}: ${message}`).join('; ') };
}

/** Saleor answers a wrong token with 200 and no app, or with a missing permission: never with 401. */
export function saleorChecks({ shops, timeoutMs, fetch }: SaleorDoctor): readonly Check[] {
  const httpOf = (apiUrl: string, token: string | null): HttpClient =>
    createHttpClient({
      vendor: 'saleor',
      baseUrl: new URL(apiUrl).origin,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      timeoutMs,
      ...(fetch ? { fetch } : {}),
    });

  const question = (shop: ShopToLookAt, query: string) =>
    ({ method: 'POST', path: new URL(shop.apiUrl).pathname, body: { query } }) as const;

  async function lookAtEndpoint(shop: ShopToLookAt): Promise<Look> {
    const http = httpOf(shop.apiUrl, null);
    try {
      await http.request({ ...question(shop, '{ __typename }'), accept: [200, 400], schema: anyAnswer });
      return { status: 'ok', message: 'A GraphQL endpoint answers' };
    } catch (error) {
      return lookOfFailure(error, SETTINGS);
    }
  }

  async function lookAtToken(shop: ShopToLookAt): Promise<Look> {
    return (await shop.token()) === null
      ? { status: 'failed', message: 'No token of an app at this shop is known' }
      : { status: 'ok', message: 'A token of an app is known' };
  }

  async function lookAtApp(shop: ShopToLookAt): Promise<Look> {
    const http = httpOf(shop.apiUrl, await shop.token());
    const { body } = await http.request({ ...question(shop, '{ app { id } }'), schema: appAnswer });
    return body.data?.app
      ? { status: 'ok', message: 'The app is there and its token is good' }
      : { status: 'failed', message: 'Saleor knows no active app with this token' };
  }

  async function lookAtKeys(shop: ShopToLookAt): Promise<Look> {
    const http = httpOf(shop.apiUrl, null);
    await http.request({ method: 'GET', path: '/.well-known/jwks.json', schema: jwksAnswer });
    return { status: 'ok', message: "The shop's public keys are there" };
  }

  /** The same look at each shop, side by side. */
  const atEach = (look: (shop: ShopToLookAt) => Promise<Look>, well: string) => async (): Promise<Look> =>
    lookAtAll(
      await Promise.all(shops.map(async (shop) => [new URL(shop.apiUrl).host, await look(shop)] as const)),
      well,
    );

  return [
    {
      name: 'saleor-url',
      subject: "`SALEOR_API_URL` is a shop's GraphQL endpoint",
      remedy: 'Put the address of the GraphQL endpoint into `SALEOR_API_URL`, with `/graphql/` at its end.',
      after: [],
      look: atEach(lookAtEndpoint, 'A GraphQL endpoint answers'),
    },
    {
      name: 'saleor-installed',
      subject: 'Our app is installed at the shop',
      remedy: 'Install the app at the shop, or put the token of an app into `SALEOR_APP_TOKEN` and restart.',
      after: [],
      look: atEach(lookAtToken, 'A token of an app is known'),
    },
    {
      name: 'saleor-app',
      subject: "The app's token is good, and the app is active",
      remedy:
        'The app was removed or switched off, or its token was revoked: switch it on, or install it again and restart with its new token.',
      after: ['saleor-url', 'saleor-installed'],
      look: atEach(lookAtApp, 'The app is there and its token is good'),
    },
    {
      name: 'saleor-jwks',
      subject: "The shop's public keys can be fetched",
      remedy:
        'Make `/.well-known/jwks.json` of the shop reachable from here: without it no webhook can be verified.',
      after: ['saleor-url'],
      look: atEach(lookAtKeys, "The shop's public keys are there"),
    },
  ];
}
