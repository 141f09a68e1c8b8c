import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { postForAnswer } from '../sandbox/post.ts';
import { globalId } from './twin-orders.ts';
import { typenameOfHeader } from './webhook.ts';

/** An app as the shop knows it. */
export interface TwinApp {
  readonly id: string;
  readonly token: string;
  /** From its manifest; null for one that was made by hand. */
  readonly identifier: string | null;
  readonly webhooks: readonly { readonly url: string; readonly events: ReadonlySet<string> }[];
}

export type Installation =
  | { readonly ok: true; readonly app: TwinApp }
  /** In Saleor's own words, as its dashboard shows them. */
  | { readonly ok: false; readonly message: string };

const manifestSchema = z.object({
  id: z.string({ error: 'id: This field is required.' }).min(1),
  name: z.string({ error: 'name: This field is required.' }).min(1),
  version: z.string({ error: 'version: This field is required.' }).min(1),
  permissions: z.array(z.string()).default([]),
  appUrl: z.url().optional(),
  tokenTargetUrl: z.url({ error: 'tokenTargetUrl: Incorrect format.' }).optional(),
  webhooks: z
    .array(
      z.object({
        name: z.string({ error: 'webhooks: name: This field is required.' }),
        targetUrl: z.url({ error: 'webhooks: targetUrl: Incorrect format.' }),
        query: z.string({ error: 'webhooks: query: This field is required.' }),
        asyncEvents: z.array(z.string()).default([]),
        isActive: z.boolean().default(true),
      }),
    )
    .default([]),
});

const KNOWN_PERMISSIONS: ReadonlySet<string> = new Set([
  'MANAGE_ORDERS',
  'HANDLE_PAYMENTS',
  'MANAGE_PRODUCTS',
  'MANAGE_CHECKOUTS',
  'HANDLE_CHECKOUTS',
]);
const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'ORDER_PAID',
  'ORDER_FULLY_PAID',
  'ORDER_CONFIRMED',
  'ORDER_UPDATED',
  'ORDER_CANCELLED',
  'ORDER_REFUNDED',
  'ORDER_FULLY_REFUNDED',
]);

const CALL_MS = 20_000;

function balanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** As much of Saleor's check as needs no schema: one subscription, and a fragment for each event. */
function queryProblem({
  query,
  asyncEvents,
}: {
  query: string;
  asyncEvents: readonly string[];
}): string | null {
  if (!/^\s*subscription\b/.test(query) || !balanced(query)) return 'Syntax Error: Unexpected Name.';
  const missing = asyncEvents.find(
    (event) => !query.includes(`... on ${typenameOfHeader(event.toLowerCase())} `),
  );
  return missing === undefined ? null : `the query has no fragment on the type of ${missing}`;
}

/** The manifest, or the first thing that is wrong with it. */
function checkManifest(body: unknown): z.output<typeof manifestSchema> | string {
  const parsed = manifestSchema.safeParse(body);
  if (!parsed.success) return parsed.error.issues[0]?.message ?? 'Invalid manifest.';
  const { permissions, webhooks } = parsed.data;
  const unknown = permissions.find((name) => !KNOWN_PERMISSIONS.has(name));
  if (unknown !== undefined) return `permissions: Given permissions don't exist: ${unknown}.`;
  for (const webhook of webhooks) {
    const event = webhook.asyncEvents.find((name) => !KNOWN_EVENTS.has(name));
    if (event !== undefined) return `webhooks: Invalid asynchronous event: ${event}.`;
    const problem = queryProblem(webhook);
    if (problem !== null) return `webhooks: Subscription query is not valid: ${problem}`;
  }
  return parsed.data;
}

async function readManifest(manifestUrl: string): Promise<unknown> {
  const response = await fetch(manifestUrl, {
    headers: { 'Saleor-Schema-Version': '3.23', Accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_MS),
  });
  if (!response.ok) throw new Error(`the manifest answered ${response.status}`);
  return response.json();
}

const refusalSchema = z.object({ success: z.literal(false), error: z.object({ message: z.string() }) });

/** What Saleor says of an app that did not take its token. */
function refusalOf(status: number | null, text: string): string {
  try {
    const refused = refusalSchema.safeParse(JSON.parse(text));
    if (refused.success) return refused.data.error.message;
  } catch {
    // Not JSON.
  }
  return `App internal error (${status ?? 'no answer'}). Try later or contact with app support.`;
}

/**
 * Installs an app as Saleor does: reads and checks its manifest, makes the app, and hands it its token, which already
 * works while the app looks at it.
 *
 * @param shop.adopt makes the app the shop's own, before it is told; `forget` undoes that.
 */
export async function installApp(
  manifestUrl: string,
  shop: {
    readonly apiUrl: string;
    readonly domain: string;
    readonly pk: number;
    readonly installed: TwinApp | undefined;
    readonly adopt: (app: TwinApp) => void;
    readonly forget: (app: TwinApp) => void;
  },
): Promise<Installation> {
  let body: unknown;
  try {
    body = await readManifest(manifestUrl);
  } catch {
    return { ok: false, message: 'Failed to connect to app. Try later or contact with app support.' };
  }
  const manifest = checkManifest(body);
  if (typeof manifest === 'string') return { ok: false, message: manifest };
  if (shop.installed?.identifier === manifest.id)
    return {
      ok: false,
      message: `identifier: ['App with the same identifier is already installed: ${manifest.name}']`,
    };
  const app: TwinApp = {
    id: globalId('App', shop.pk),
    token: randomBytes(15).toString('hex'),
    identifier: manifest.id,
    webhooks: manifest.webhooks
      .filter(({ isActive }) => isActive)
      .map(({ targetUrl, asyncEvents }) => ({
        url: targetUrl,
        events: new Set(asyncEvents.map((event) => event.toLowerCase())),
      })),
  };
  shop.adopt(app);
  if (manifest.tokenTargetUrl === undefined) return { ok: true, app };
  const answer = await postForAnswer(
    manifest.tokenTargetUrl,
    {
      headers: {
        'User-Agent': 'Saleor/3.23',
        'Accept-Encoding': 'gzip, deflate',
        Accept: '*/*',
        Connection: 'keep-alive',
        'Content-Type': 'application/json',
        'X-Saleor-Domain': shop.domain,
        'Saleor-Domain': shop.domain,
        'Saleor-Api-Url': shop.apiUrl,
        'Saleor-Schema-Version': '3.23',
        Host: new URL(manifest.tokenTargetUrl).hostname,
      },
      body: Buffer.from(`{"auth_token": "${app.token}"}`),
    },
    { signal: AbortSignal.timeout(CALL_MS) },
  );
  if (answer.status !== null && answer.status >= 200 && answer.status < 300) return { ok: true, app };
  shop.forget(app);
  return { ok: false, message: refusalOf(answer.status, answer.text) };
}
