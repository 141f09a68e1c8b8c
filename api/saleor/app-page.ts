import { Router } from 'express';
import { z } from 'zod';
import type { ShopStanding } from '../../db/queries/saleor-apps.ts';
import type { SaleorCredentials } from '../../db/saleor-credentials.ts';
import { domainOf } from '../../integrations/saleor/shops.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SaleorShop } from '../../platform/config.ts';
import { type Html, html } from '../../platform/html.ts';
import type { Language } from '../../platform/language.ts';
import { languageSwitch, type Reader, readerOf, remembersLanguage } from '../pages/language-choice.ts';
import { type RenderedPage, renderPage, sendPage } from '../pages/layout.ts';
import { saleorAppWords } from '../pages/messages/saleor-app.ts';
import { timeInUtc } from '../pages/time.ts';
import { methodNotAllowed } from '../problem.ts';

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

/** What a dashboard names itself by: its app, and the shop's API. It may name its language, too. */
const askedSchema = z.object({ id: z.string().max(200), saleorApiUrl: z.url().max(500) });

/** A shop that is registered, and how it stands. */
export interface ShownShop {
  readonly domain: string;
  readonly registeredAt: Date;
  readonly standing: ShopStanding;
}

/** @param shown null: nothing of a shop is shown to who does not name its app. */
export function saleorAppPage(
  reader: Reader,
  shown: ShownShop | null,
  publicUrl: string,
  framedBy: string | null,
): RenderedPage {
  const { language } = reader;
  const words = saleorAppWords[language];
  const docs = html`<p><a href="${publicUrl}/docs" target="_blank" rel="noopener">${words.reference}</a></p>`;
  return renderPage({
    language,
    title: 'Latchkey',
    body: html`${shown === null ? html`<p class="notice warn">${words.unregistered}</p>` : standingInWords(shown, language)}
${docs}`,
    foot: languageSwitch(reader),
    ...(framedBy !== null && { framedBy }),
  });
}

function standingInWords({ domain, registeredAt, standing }: ShownShop, language: Language): Html {
  const words = saleorAppWords[language];
  const numbers = new Intl.NumberFormat(language);
  const { lastWebhookAt } = standing;
  return html`<dl class="card facts">
<dt>${words.shop}</dt><dd>${domain}</dd>
<dt>${words.registeredSince}</dt><dd>${timeInUtc(registeredAt, language)}</dd>
<dt>${words.lastWebhook}</dt><dd>${lastWebhookAt === null ? words.never : timeInUtc(lastWebhookAt, language)}</dd>
<dt>${words.openSessions}</dt><dd>${numbers.format(standing.open)}</dd>
<dt>${words.needAttention}</dt><dd>${numbers.format(standing.needAttention)}</dd>
<dt>${words.quarantined}</dt><dd>${numbers.format(standing.quarantined)}</dd>
</dl>
<p>${words.who}</p>`;
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

  async function shownTo(query: unknown): Promise<{ apiUrl: string; shown: ShownShop } | null> {
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
    .get(remembersLanguage('/saleor'), async (req, res) => {
      const found = await shownTo(req.query);
      const framedBy =
        found === null ? null : [new URL(found.apiUrl).origin, ...deps.dashboardOrigins].join(' ');
      if (found) res.removeHeader('x-frame-options');
      res.set('cache-control', 'no-store');
      const { locale } = req.query;
      const reader = readerOf(req, typeof locale === 'string' ? locale : null);
      sendPage(res, found ? 200 : 404, saleorAppPage(reader, found?.shown ?? null, deps.publicUrl, framedBy));
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
