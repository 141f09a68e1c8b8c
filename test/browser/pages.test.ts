import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { LANGUAGES } from '../../platform/language.ts';
import { samplePages } from '../api/support/sample-pages.ts';
import { axeFaults } from './support/axe.ts';
import { chromiumPath, launchChromium, NO_CHROMIUM } from '../../scripts/screenshots/chromium.ts';
import { layoutFaults } from './support/layout-faults.ts';

const every = process.env['LATCHKEY_TEST_ALL'] === '1';
const suite = chromiumPath === undefined ? describe.skip : describe;
const title = 'pages with the worst there is to show';

const pages = LANGUAGES.flatMap((language) =>
  Object.entries(samplePages(language)).map(([name, { text }]) => ({ name, language, text })),
);

suite(chromiumPath === undefined ? `${title} (skipped: ${NO_CHROMIUM})` : title, () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  test.each(pages)('$name ($language)', async ({ language, text }) => {
    await page.setContent(text);
    const faults: string[] = [];
    // Each width, colour scheme and language meets each of the others once; the narrow ones are the hard ones.
    const looks = [
      [320, language === 'en' ? 'dark' : 'light'],
      [1280, language === 'en' ? 'light' : 'dark'],
    ] as const;
    for (const [width, colorScheme] of every ? looks : looks.slice(0, 1)) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      for (const fault of [...(await layoutFaults(page)), ...(await axeFaults(page))])
        faults.push(`${width} ${colorScheme}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  test.each([
    ['label', '<input>'],
    ['color-contrast', '<p style="color:#999;background:#fff">Hardly to be read</p>'],
    [
      'target-size',
      '<p><a href="#" style="font-size:8px">a</a><br><a href="#" style="font-size:8px">b</a></p>',
    ],
    ['html-has-lang', '<p>In which language?</p>'],
  ])('axe would find: %s', async (rule, body) => {
    // Of its own: the policy of a page before it would forbid the styles of this one.
    const bad = await browser.newPage();
    await bad.setContent(`<!doctype html><body>${body}</body>`);
    expect((await axeFaults(bad)).join('\n')).toContain(`${rule}: `);
    await bad.close();
  });
});
