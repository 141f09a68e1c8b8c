import type { FrameLocator, Page } from 'playwright-core';
import { observe } from '../../../scripts/demo/observe.ts';
import type { Provider } from '../../../workflows/contract/values.ts';
import type { Sold } from './sold.ts';
import type { Look, PageVisitor } from './visitor.ts';

/** A client at a browser, from the mail's link on. Each step looks at the pages that it comes by. */
export interface Client {
  /** What the badge on the session's page says now. */
  state(): Promise<string>;
  /** The login, as who has not got the link at hand. */
  meetsTheLogin(): Promise<void>;
  opensTheLink(): Promise<void>;
  books(startsAt: Date): Promise<void>;
  readsAround(): Promise<void>;
  comesTooEarly(): Promise<void>;
  /** Looks at each page on the way. */
  reschedules(startsAt: Date): Promise<void>;
  /** The same without looking. */
  moves(startsAt: Date): Promise<void>;
  asksWhatCancellingMeans(): Promise<void>;
  findsItLocked(): Promise<void>;
  asksLate(): Promise<void>;
  findsItApproved(): Promise<void>;
  joins(): Promise<void>;
  /** The access was taken, which leads to the login, or the session has ended. */
  findsTheDoorShut(status: 302 | 410, name: string): Promise<void>;
  cancels(): Promise<void>;
}

export interface ClientStory {
  readonly visitor: PageVisitor;
  readonly look: Look;
  readonly sold: Sold;
  readonly provider: Provider;
}

const PATIENCE_MS = 60_000;
const BADGE = '#state .badge';

/** How the provider's own pages take an instant. */
const asTyped = (at: Date): string => at.toISOString();

async function fillAtProvider(place: Page | FrameLocator, startsAt: Date): Promise<void> {
  await place.locator('input[name=startsAt]').fill(asTyped(startsAt));
  await place.locator('form:has(input[name=startsAt]) button').click();
}

export function createClient({ visitor, look, sold, provider }: ClientStory): Client {
  const { page } = visitor;

  const state = async (): Promise<string> => (await page.locator(BADGE).textContent()) ?? '';

  /**
   * Waits until the session's page says something else than before: by itself where scripts run, and otherwise after
   * it was loaded anew.
   */
  async function untilPage(what: string, holds: () => Promise<boolean>): Promise<void> {
    await observe(what, PATIENCE_MS, async () => {
      if (!look.scripts) await visitor.goto(sold.pageUrl);
      return (await holds()) ? true : undefined;
    });
  }

  const untilState = (what: string, before: string): Promise<void> =>
    untilPage(what, async () => (await page.locator(BADGE).count()) > 0 && (await state()) !== before);

  const openAction = async (action: 'reschedule' | 'cancel' | 'late-change'): Promise<void> => {
    await page.locator(`a[href$="/${action}"]`).click();
    await page.waitForURL(`**/${action}`);
  };
  const send = (action: string): Promise<void> =>
    page.locator(`form[action$="/${action}"] button`).first().click();

  /** From the question on, at our own field or at the provider's page. */
  async function move(startsAt: Date, before: string | null, allowed: string | null): Promise<void> {
    if (provider === 'calcom') {
      // The field is in the zone that the page shows.
      const timeZone = await page.locator('input[name=zone]').first().inputValue();
      const typed = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
      await page.locator('input[name=start]').fill(typed.format(startsAt).replace(' ', 'T'));
      await send('reschedule');
      await page.locator('[role=status].notice').waitFor();
      if (allowed !== null) await visitor.look(allowed);
    } else {
      await send('reschedule');
      await page.locator('.notice a.button').waitFor();
      if (allowed !== null) await visitor.look(allowed);
      await page.locator('.notice a.button').click();
      await fillAtProvider(page, startsAt);
      await page.waitForLoadState();
      await visitor.goto(sold.pageUrl);
    }
    await untilPage(
      'the new time',
      async () => (await page.locator('#state time').first().getAttribute('datetime')) !== before,
    );
  }

  return {
    state,
    async meetsTheLogin() {
      await visitor.goto(sold.pageUrl);
      await page.waitForURL('**/customer/login**');
      await visitor.look('login');
      await page.locator('input[name=email]').fill(sold.email);
      await page.locator('form:has(input[name=email]) button').first().click();
      await page.locator('input[name=code]').waitFor();
      await visitor.look('code');
      await page.locator('input[name=code]').fill('00000000');
      await page.locator('form:has(input[name=code]) button').click();
      await page.locator('[role=alert]').waitFor();
      await visitor.look('wrong-code');
    },
    async opensTheLink() {
      await visitor.goto(sold.link);
      await page.waitForURL(sold.pageUrl);
      await untilPage('the booking link', async () => (await page.locator('#booking').count()) > 0);
      if (look.scripts) await page.frameLocator('#booking iframe').locator('input[name=startsAt]').waitFor();
      await visitor.look('to-book');
    },
    async books(startsAt) {
      const before = await state();
      if (look.scripts) await fillAtProvider(page.frameLocator('#booking iframe'), startsAt);
      else {
        await page.locator('#booking a').first().click();
        await fillAtProvider(page, startsAt);
      }
      await untilState('the booked time', before);
      await visitor.look('booked');
    },
    async readsAround() {
      for (const [name, path] of [
        ['receipt', 'receipt'],
        ['history', 'history'],
        ['time-zone', 'time-zone'],
      ] as const) {
        await page.locator(`main a[href$="/${path}"]`).first().click();
        await page.waitForURL(`**/${path}**`);
        await visitor.look(name);
        if (path !== 'time-zone') await visitor.goto(sold.pageUrl);
      }
      await page.locator('select[name=zone]').selectOption('Asia/Tokyo');
      await page.locator('form:has(select[name=zone]) button').click();
      await page.waitForURL((url) => url.href.split('?')[0] === sold.pageUrl);
      await page.getByText('Asia/Tokyo').first().waitFor();
      await visitor.look('other-zone');
    },
    async comesTooEarly() {
      await visitor.goto(`${sold.pageUrl}/join`);
      await visitor.look('too-early');
      await visitor.goto(sold.pageUrl);
    },
    async reschedules(startsAt) {
      const before = await page.locator('#state time').first().getAttribute('datetime');
      await openAction('reschedule');
      await visitor.look('reschedule-asked');
      await move(startsAt, before, 'reschedule-allowed');
      await visitor.look('moved');
    },
    async asksWhatCancellingMeans() {
      await openAction('cancel');
      await visitor.look('cancel-asked');
      await visitor.goto(sold.pageUrl);
    },
    async moves(startsAt) {
      const before = await page.locator('#state time').first().getAttribute('datetime');
      await openAction('reschedule');
      await move(startsAt, before, null);
    },
    async findsItLocked() {
      await untilPage(
        'the end of changes',
        async () => (await page.locator('a[href$="/late-change"]').count()) > 0,
      );
      await visitor.look('locked');
      // Asked for all the same, by an old page or by hand.
      await visitor.goto(`${sold.pageUrl}/reschedule`);
      await visitor.look('refused');
      await visitor.goto(sold.pageUrl);
    },
    async asksLate() {
      const before = await state();
      await openAction('late-change');
      await visitor.look('late-asked');
      await send('late-change');
      await page.waitForURL(`${sold.pageUrl}**`);
      await untilState('the pending change', before);
      await visitor.look('late-pending');
    },
    async findsItApproved() {
      await untilPage(
        'the approved change',
        async () => (await page.locator('a[href$="/reschedule"]').count()) > 0,
      );
      await visitor.look('late-approved');
    },
    async joins() {
      await untilPage(
        'the open door',
        async () => (await page.locator('a.button[href$="/join"]').count()) > 0,
      );
      await visitor.look('open');
      await page.route('https://meet.example.com/**', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Meeting</title>' }),
      );
      await page.locator('a.button[href$="/join"]').click();
      await page.waitForURL('https://meet.example.com/ada');
      await visitor.goto(sold.pageUrl);
    },
    async findsTheDoorShut(status, name) {
      await observe(`an answer of ${status}`, PATIENCE_MS, async () => {
        const answer = await page.request.get(sold.pageUrl, {
          maxRedirects: 0,
          headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        });
        return answer.status() === status ? true : undefined;
      });
      // With scripts the page has noticed by itself.
      if (look.scripts) await page.locator('#state').waitFor({ state: 'detached' });
      else await visitor.goto(sold.pageUrl);
      await visitor.look(name);
    },
    async cancels() {
      await openAction('cancel');
      await send('cancel');
      await page.waitForLoadState();
      await visitor.look('cancelled');
    },
  };
}
