import { observe } from '../../../scripts/demo/observe.ts';
import type { PageVisitor } from './visitor.ts';

/** An operator at a browser. */
export interface Operator {
  signsIn(token: string): Promise<void>;
  signsOut(): Promise<void>;
  /** Opens each place of the navigation. */
  looksAround(): Promise<void>;
  opens(path: string, name: string): Promise<void>;
  /** Waits on a page until it has this, loading it anew. */
  waitsFor(path: string, selector: string): Promise<void>;
  /** Presses a button that is on the page, and is told that it was done. */
  presses(selector: string, name: string): Promise<void>;
  /** Fills in the form of an action on the session's page and sends it. @param fields by their names. */
  acts(act: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Every form of the page at once, unfolded. */
  unfolds(name: string): Promise<void>;
}

const PATIENCE_MS = 60_000;

export function createOperator(visitor: PageVisitor, origin: string): Operator {
  const { page } = visitor;
  const opens = async (path: string, name: string): Promise<void> => {
    await visitor.goto(`${origin}${path}`);
    await visitor.look(name);
  };
  const isTold = async (name: string): Promise<void> => {
    await page.locator('.notice[role=status], .notice[role=alert]').first().waitFor();
    await visitor.look(name);
    const refused = page.locator('.notice.danger[role=alert]');
    if ((await refused.count()) > 0) throw new Error(`${name}: ${await refused.first().innerText()}`);
  };

  return {
    async signsIn(token) {
      await visitor.goto(`${origin}/admin`);
      await visitor.look('sign-in');
      await page.locator('input[name=token]').fill('not a token');
      await page.locator('form:has(input[name=token]) button').click();
      await page.locator('[role=alert]').waitFor();
      await visitor.look('sign-in-refused');
      await page.locator('input[name=token]').fill(token);
      await page.locator('form:has(input[name=token]) button').click();
      await page.locator('header nav').waitFor();
      await visitor.look('overview');
    },
    async signsOut() {
      await page.locator('form[action="/admin/sign-out"] button').click();
      await page.locator('input[name=token]').waitFor();
      await visitor.look('signed-out');
    },
    async looksAround() {
      const links = await page.locator('header nav a').all();
      const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
      for (const path of paths) if (path !== null) await opens(path, path.slice(1).replaceAll('/', '-'));
    },
    opens,
    async waitsFor(path, selector) {
      await observe(`${selector} on ${path}`, PATIENCE_MS, async () => {
        await visitor.goto(`${origin}${path}`);
        return (await page.locator(selector).count()) > 0 ? true : undefined;
      });
    },
    async presses(selector, name) {
      await page.locator(selector).first().click();
      await isTold(name);
    },
    async acts(act, fields) {
      const box = page.locator(`details#${act}`);
      if (!(await box.evaluate((element) => element.hasAttribute('open'))))
        await box.locator('summary').click();
      for (const [name, value] of Object.entries(fields)) {
        const field = box.locator(`[name=${name}]`);
        if ((await field.evaluate((element) => element.tagName)) === 'SELECT')
          await field.selectOption(value);
        else await field.fill(value);
      }
      await box.locator('[name=reason]').fill('as the walk has it');
      const sure = box.locator('[name=sure]');
      if ((await sure.count()) > 0) await sure.check();
      await box.locator('button[type=submit]').click();
      await isTold(act);
    },
    async unfolds(name) {
      for (const box of await page.locator('main details:not([open]) > summary').elementHandles())
        await box.click();
      await visitor.look(name);
    },
  };
}
