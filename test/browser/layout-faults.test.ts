import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, launchChromium, NO_CHROMIUM } from '../../scripts/screenshots/chromium.ts';
import { layoutFaults } from './support/layout-faults.ts';

const suite = chromiumPath === undefined ? describe.skip : describe;

const LONG = 'Donaudampfschifffahrtsgesellschaft'.repeat(3);

suite(chromiumPath === undefined ? `layout (skipped: ${NO_CHROMIUM})` : 'layout', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 320, height: 640 } });
  });
  afterAll(() => browser.close());

  test.each([
    ['a word wider than the window', `<p>${LONG}</p>`, 'scrolls sideways'],
    [
      'text behind an edge',
      `<p style="overflow:hidden;width:4rem;white-space:nowrap">${LONG}</p>`,
      'cut off at the side',
    ],
    [
      'lines below an edge',
      '<p style="overflow:hidden;height:1rem">one<br>two<br>three</p>',
      'cut off below',
    ],
    [
      'a button too small for its words',
      `<button style="width:5rem;white-space:nowrap">${LONG}</button>`,
      'cut off at the side',
    ],
    [
      'a box that leaves at the left',
      '<p style="position:absolute;left:-3rem">Hello there</p>',
      'outside of the window',
    ],
    [
      'two texts in one place',
      '<p style="margin:0">First words</p><p style="margin:-1.1rem 0 0">Second words</p>',
      'on each other',
    ],
    [
      'a button over a text',
      '<p style="margin:0">Some words here</p><button style="position:absolute;top:.5rem;left:1rem">Go</button>',
      'on each other',
    ],
  ])('finds %s', async (_name, body, fault) => {
    await page.setContent(`<!doctype html><body>${body}</body>`);
    expect((await layoutFaults(page)).join('\n')).toContain(fault);
  });

  test.each([
    [
      'a plain page',
      '<h1>Title</h1><p>Words, and <a href="#">a link</a> among them, that take more than one line on this page.</p><button>Go</button>',
    ],
    [
      'words for screen readers',
      '<p style="position:absolute;width:1px;height:1px;overflow:hidden;white-space:nowrap">These are not drawn</p><p>These are.</p>',
    ],
    ['what is not shown', `<p hidden>${LONG}</p><details><summary>More</summary><p>Later</p></details>`],
    ['a long address in a field', `<input value="${LONG}">`],
  ])('has nothing against %s', async (_name, body) => {
    await page.setContent(`<!doctype html><body>${body}</body>`);
    expect(await layoutFaults(page)).toEqual([]);
  });
});
