import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { sessionKeyOf } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { observe } from '../demo/observe.ts';
import { firstUrl, uuidOf } from '../demo/story.ts';
import { createVendors } from '../demo/vendors.ts';
import type { Stack } from '../stack/start-stack.ts';

const PATIENCE_MS = 60_000;
const HOUR_MS = 3_600_000;
const LINK = /https?:\/\/[^"'<>\s]+\/customer\/s\/[^"'<>\s]+\?token=[^"'<>\s]+/;

/** A day for the cutoff, as sold sessions have it: nothing moves while pictures are taken. */
const policy = { 'session.cutoff': 'PT24H', 'session.booking-deadline': 'P30D' } as const;

export interface Pictures {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Where the pictures go. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

/** One session from the shop to Temporal UI, a picture of each place that people see. */
export async function takePictures({ stack, browser, folder, print }: Pictures): Promise<void> {
  const { addresses, pages, config } = stack;
  const vendors = createVendors(addresses, policy);
  const context = await browser.newContext({
    viewport: { width: 1000, height: 720 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    colorScheme: 'light',
    // A page that is still scrolling would be clicked beside the button.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const take = async (name: string, of: Page = page): Promise<void> => {
    await of.screenshot({ path: join(folder, `${name}.png`) });
    print(`${name}.png`);
  };
  const twin = (vendor: string): string => {
    const found = pages.find((one) => one.vendor === vendor);
    if (!found) throw new Error(`${vendor} has no sandbox here`);
    return found.url;
  };
  const paid = async () => {
    const { orderId } = await vendors.pay();
    const sessionKey = sessionKeyOf({
      saleorDomain: new URL(addresses.saleor.apiUrl).host,
      orderUuid: uuidOf(orderId),
      lineUuid: uuidOf(await vendors.lineOf(orderId)),
      unit: 0,
    });
    const link = await observe('the mail with the link', PATIENCE_MS, async () => {
      const ticket = await vendors.ticket(sessionKey);
      const mails = ticket ? await vendors.articles(ticket.id) : [];
      return firstUrl(mails.map(({ body }) => body).join('\n'), LINK);
    });
    return { sessionKey, link };
  };
  const book = async (startsAt: Date): Promise<void> => {
    const start = page.frameLocator('#booking iframe').locator('input[name=startsAt]');
    await start.fill(startsAt.toISOString());
    await start.press('Enter');
    await page.locator('a[href$="/calendar.ics"]').waitFor();
  };

  await page.goto(twin('saleor'));
  await take('shop');
  const { sessionKey, link } = await paid();
  await page.goto(twin('zammad'));
  await take('ticket');

  await page.goto(link);
  await observe('the booking link', PATIENCE_MS, async () => {
    await page.reload();
    return (await page.locator('#booking').count()) > 0 ? true : undefined;
  });
  await page.frameLocator('#booking iframe').locator('input[name=startsAt]').waitFor();
  await page.locator('#booking').scrollIntoViewIfNeeded();
  await take('to-book');
  await book(new Date(Date.now() + 72 * HOUR_MS));
  await page.evaluate('scrollTo(0, 0)');
  await take('booked');
  await page.locator('a[href$="/cancel"]').click();
  await take('cancel');

  // A second client, within the cutoff's day, asks for another time: that waits for a person.
  await context.clearCookies();
  const late = await paid();
  await page.goto(late.link);
  await observe('the booking link', PATIENCE_MS, async () => {
    await page.reload();
    return (await page.locator('#booking').count()) > 0 ? true : undefined;
  });
  await book(new Date(Date.now() + 20 * HOUR_MS));
  await page.locator('a[href$="/late-change"]').click();
  await page.locator('form[action$="/late-change"] button').click();
  await page.waitForLoadState();

  const ring = config.auth.localKeys;
  if (ring === null) throw new Error('this stack has no keys for tokens of its own');
  const now = Date.now() as Instant;
  const caller = { subject: 'operator', role: 'admin', tenantId: 1, userId: 5 } as const;
  const token = await mintCallerToken(ring, caller, now, (now + HOUR_MS) as Instant);
  await page.goto(`${addresses.publicUrl}/admin`);
  await page.locator('input[name=token]').fill(token);
  await page.locator('form:has(input[name=token]) button').click();
  await page.locator('header nav').waitFor();
  await observe('the late change', PATIENCE_MS, async () => {
    await page.reload();
    return (await page.locator('button[name=approve]').count()) > 0 ? true : undefined;
  });
  await take('operator');
  await page.goto(`${addresses.publicUrl}/admin/sessions/${sessionKey}`);
  await take('operator-session');

  if (addresses.temporal.uiUrl === null) return;
  await page.goto(`${addresses.codecUrl}/login`);
  await page.locator('input[name=token]').fill(token);
  await page.locator('form:has(input[name=token]) button').click();
  await page.setViewportSize({ width: 1280, height: 900 });
  const { uiUrl, namespace } = addresses.temporal;
  await page.goto(`${uiUrl}/namespaces/${namespace}/workflows/session-${sessionKey}`);
  await page.getByText('reschedule cutoff').first().waitFor({ timeout: PATIENCE_MS });
  await take('temporal-ui');
  await context.close();
}
