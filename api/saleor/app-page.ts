import { Router } from 'express';
import { z } from 'zod';
import type { ShopStanding } from '../../db/queries/saleor-apps.ts';
import type { SaleorCredentials } from '../../db/saleor-credentials.ts';
import { domainOf } from '../../integrations/saleor/shops.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SaleorShop } from '../../platform/config.ts';
import { type Html, html } from '../../platform/html.ts';
import { type RenderedPage, renderPage, sendPage } from '../pages/layout.ts';
import { timeInUtc } from '../pages/time.ts';
import { methodNotAllowed } from '../problem.ts';
import type { Instant } from '../../workflows/contract/values.ts';

export interface AppPageDeps {
  readonly clock: Clock;
  readonly shops: readonly SaleorShop[];
  readonly credentials: Pick<SaleorCredentials, 'installationOf'>;
  readonly standingOf: (domain: string) => Promise<ShopStanding>;
  /** Where dashboards are, beside the origins of the shops themselves. */
  readonly dashboardOrigins: readonly string[];
  readonly publicUrl: string;
}

/** Anyone may ask for the page; the counting behind it is done once in so many milliseconds for each shop. */
const STANDING_KEPT_MS = 30_000;

/** What a dashboard names itself by: its app, and the shop's API. */
const askedSchema = z.object({ id: z.string().max(200), saleorApiUrl: z.url().max(500) });

interface Shown {
  readonly domain: string;
  readonly registeredAt: Date;
  readonly standing: ShopStanding;
}

const timeOf = (date: Date | null): string =>
  date === null ? 'never' : timeInUtc(date.getTime() as Instant);

function pageOf(shown: Shown | null, publicUrl: string, framedBy: string | null): RenderedPage {
  const docs: Html = html`<p><a href="${publicUrl}/docs" target="_blank" rel="noopener">The API's reference</a></p>`;
  if (shown === null)
    return renderPage({
      language: 'en',
      title: 'Latchkey',
      body: html`<p>This shop is not registered. Open the app from the dashboard of a shop that has installed it.</p>${docs}`,
      ...(framedBy !== null && { framedBy }),
    });
  const { domain, registeredAt, standing } = shown;
  return renderPage({
    language: 'en',
    title: 'Latchkey',
    body: html`<dl>
<dt>Shop</dt><dd>${domain}</dd>
<dt>Registered since</dt><dd>${timeOf(registeredAt)}</dd>
<dt>Last webhook taken in</dt><dd>${timeOf(standing.lastWebhookAt)}</dd>
<dt>Open sessions</dt><dd>${standing.open}</dd>
<dt>Sessions that need attention</dt><dd>${standing.needAttention}</dd>
<dt>Webhooks that wait for a person</dt><dd>${standing.quarantined}</dd>
</dl>
<p>An operator sees which ones, and what to do, through the admin API.</p>${docs}`,
    ...(framedBy !== null && { framedBy }),
  });
}

/**
 * The app's page in a shop's dashboard. It is public, as the dashboard's frame shows it before anybody is known: so it
 * has numbers only, for who names a registered shop and its app, and only that shop's dashboards may frame it.
 */
export function createSaleorAppPage(deps: AppPageDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const counted = new Map<string, { readonly at: number; readonly standing: Promise<ShopStanding> }>();

  function standingOf(domain: string): Promise<ShopStanding> {
    const now = deps.clock();
    const known = counted.get(domain);
    if (known && now - known.at < STANDING_KEPT_MS) return known.standing;
    const standing = deps.standingOf(domain);
    counted.set(domain, { at: now, standing });
    standing.catch(() => counted.delete(domain));
    return standing;
  }

  async function shownTo(query: unknown): Promise<{ apiUrl: string; shown: Shown } | null> {
    const asked = askedSchema.safeParse(query);
    const shop = asked.success
      ? deps.shops.find(({ apiUrl }) => new URL(apiUrl).href === new URL(asked.data.saleorApiUrl).href)
      : undefined;
    if (!asked.success || !shop) return null;
    const domain = domainOf(shop.apiUrl);
    const installed = await deps.credentials.installationOf(domain);
    if (installed?.appId !== asked.data.id) return null;
    const { registeredAt } = installed;
    return { apiUrl: shop.apiUrl, shown: { domain, registeredAt, standing: await standingOf(domain) } };
  }

  router
    .route('/saleor/app')
    .get(async (req, res) => {
      const found = await shownTo(req.query);
      const framedBy =
        found === null ? null : [new URL(found.apiUrl).origin, ...deps.dashboardOrigins].join(' ');
      if (found) res.removeHeader('x-frame-options');
      res.set('cache-control', 'no-store');
      sendPage(res, found ? 200 : 404, pageOf(found?.shown ?? null, deps.publicUrl, framedBy));
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
