import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Language } from '../../../platform/language.ts';
import { axeFaults } from './axe.ts';
import { layoutFaults } from './layout-faults.ts';

/** How somebody looks at the pages. */
export interface Look {
  readonly width: 320 | 768 | 1280;
  readonly language: Language;
  readonly scripts: boolean;
  readonly scheme: 'light' | 'dark';
}

export const lookName = ({ width, language, scripts, scheme }: Look): string =>
  `${width}-${language}-${scripts ? 'scripts' : 'plain'}-${scheme}`;

/** A page of ours weighs less than this, without the provider's widget, in bytes. */
export const MOST_BYTES = 60_000;

const HEIGHT = { 320: 640, 768: 1024, 1280: 800 } as const;

/** A person at a real browser, who looks closely at each page. */
export interface PageVisitor {
  readonly page: Page;
  goto(url: string): Promise<void>;
  /**
   * Holds the page as it is now to everything that holds for all pages, and keeps a picture of it where
   * `LATCHKEY_SCREENSHOTS` names a folder.
   *
   * @param frames of others, e.g. the provider's calendar: not looked into.
   */
  look(name: string): Promise<void>;
  /** What was wrong so far, each with the page's name. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** @param ours origins of our own pages; what comes from elsewhere is a third party. */
export async function createVisitor(
  browser: Browser,
  look: Look,
  ours: readonly string[],
  who: string,
): Promise<PageVisitor> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: HEIGHT[look.width] },
    locale: look.language === 'de' ? 'de-DE' : 'en-GB',
    timezoneId: 'Europe/Berlin',
    colorScheme: look.scheme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const debug: CDPSession = await context.newCDPSession(page);
  const faults: string[] = [];
  let at = 'start';
  let bytes = 0;
  let pictures = 0;

  page.on('pageerror', (error) => faults.push(`${at}: script failed: ${error.message}`));
  page.on('console', (message) => {
    // Statuses are the test's own business.
    const isStatus = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isStatus && ours.includes(new URL(page.url()).origin))
      faults.push(`${at}: console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) bytes = 0;
  });
  page.on('response', (response) => {
    const isStream = response.headers()['content-type']?.startsWith('text/event-stream') ?? false;
    if (isStream || !ours.includes(new URL(response.url()).origin)) return;
    response.body().then(
      (body) => (bytes += body.length),
      // A redirect has none.
      () => undefined,
    );
  });

  // Of pages alone: the tools that look at them are scripts too.
  const allowScripts = (allowed: boolean): Promise<unknown> =>
    debug.send('Emulation.setScriptExecutionDisabled', { value: !allowed });
  await allowScripts(look.scripts);

  async function keepPicture(name: string): Promise<void> {
    const folder = process.env['LATCHKEY_SCREENSHOTS'];
    if (folder === undefined || folder === '') return;
    const own = join(folder, `${who}-${lookName(look)}`);
    mkdirSync(own, { recursive: true });
    pictures += 1;
    await page.screenshot({
      path: join(own, `${String(pictures).padStart(2, '0')}-${name}.png`),
      fullPage: true,
    });
  }

  return {
    page,
    faults,
    async goto(url) {
      await page.goto(url, { waitUntil: 'load' });
    },
    async look(name) {
      at = `${lookName(look)} ${name}`;
      await allowScripts(true);
      try {
        const found = [...(await layoutFaults(page)), ...(await axeFaults(page))];
        const language = await page.evaluate<string>('document.documentElement.lang');
        if (language !== look.language) found.push(`it is in ${language}`);
        if (bytes > MOST_BYTES) found.push(`it weighs ${bytes} bytes`);
        faults.push(...found.map((fault) => `${at}: ${fault}`));
        await keepPicture(name);
      } finally {
        if (!look.scripts) await allowScripts(false);
      }
    },
    close: () => context.close(),
  };
}
