import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase } from '../../db/connect.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import { DEMO_EVENT_TYPE } from '../../scripts/stack/demo-event-type.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant, Provider } from '../../workflows/contract/values.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { chromiumPath, launchChromium, NO_CHROMIUM } from '../../scripts/screenshots/chromium.ts';
import { createClient } from './support/client.ts';
import { createOperator } from './support/operator.ts';
import { sell, type Sold } from './support/sold.ts';
import { createVisitor, type Look, lookName } from './support/visitor.ts';

type Row = Look & { readonly provider: Provider };

/** Every pair of width, language, scripts, scheme and provider is among these. */
const pairs: readonly Row[] = [
  { width: 320, language: 'en', scripts: true, scheme: 'light', provider: 'calendly' },
  { width: 320, language: 'de', scripts: false, scheme: 'dark', provider: 'calcom' },
  { width: 768, language: 'en', scripts: false, scheme: 'dark', provider: 'calendly' },
  { width: 768, language: 'de', scripts: true, scheme: 'light', provider: 'calcom' },
  { width: 1280, language: 'en', scripts: true, scheme: 'dark', provider: 'calcom' },
  { width: 1280, language: 'de', scripts: false, scheme: 'light', provider: 'calendly' },
];

/** All of them take minutes. A client's walk has an operator in it, too. */
const every = process.env['LATCHKEY_TEST_ALL'] === '1';
const asClient = every ? pairs : pairs.slice(0, 1);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PATIENCE_MS = 60_000;
/** On a busy machine. */
const WALK_MS = 400_000;

const suite = chromiumPath === undefined ? describe.skip : describe;

suite(chromiumPath === undefined ? `the walk (skipped: ${NO_CHROMIUM})` : 'the walk', () => {
  let browser: Browser;
  let engine: TestEngine;
  let stack: Stack;

  beforeAll(async () => {
    engine = await startEngine();
    [browser, stack] = await Promise.all([
      launchChromium(),
      startTestStack({ engine, env: { REFUND_APPROVAL_ABOVE: 'EUR:100,USD:100' } }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
    await engine?.close();
  });

  const ours = (): readonly string[] =>
    [stack.addresses.gatewayUrl, stack.addresses.publicUrl].map((url) => new URL(url).origin);

  const ahead = (ms: number): Date => new Date(Math.ceil(Date.now() / MINUTE) * MINUTE + ms);

  async function operatorOf(row: Row) {
    const visitor = await createVisitor(browser, row, ours(), 'operator');
    const signing = stack.config.auth.localKeys;
    if (signing === null) throw new Error('the stack has no keys of its own');
    const token = await mintCallerToken(
      signing,
      { subject: `walk-${lookName(row)}`, role: 'admin', tenantId: 1, userId: null },
      Date.now() as Instant,
      (Date.now() + HOUR) as Instant,
    );
    return { visitor, token, operator: createOperator(visitor, stack.addresses.publicUrl) };
  }

  test.each(asClient.map((row) => [`${lookName(row)}-${row.provider}`, row] as const))(
    'as a client: %s',
    async (_name, row) => {
      const { language, provider } = row;
      const sold = await sell(stack.addresses, {
        language,
        provider,
        email: `ada.${lookName(row)}@example.com`,
      });
      const visitor = await createVisitor(browser, row, ours(), 'client');
      const client = createClient({ visitor, look: row, sold, provider });
      const { visitor: desk, token, operator } = await operatorOf(row);
      const session = `/admin/sessions/${sold.sessionKey}`;

      await client.meetsTheLogin();
      await client.opensTheLink();
      await client.books(ahead(72 * HOUR));
      await client.readsAround();
      await client.comesTooEarly();
      await client.reschedules(ahead(96 * HOUR));
      await client.asksWhatCancellingMeans();
      // Within the cutoff's day: locked as soon as it is there.
      await client.moves(ahead(20 * HOUR));
      await client.findsItLocked();
      await client.asksLate();

      await operator.signsIn(token);
      await operator.waitsFor('/admin', `form[action="${session}"] button[name=approve]`);
      await desk.look('late-change-first');
      await operator.presses(
        `form[action="${session}"] button[name=approve][value=true]`,
        'late-change-approved',
      );

      await client.findsItApproved();
      await client.moves(ahead(10 * MINUTE));
      await client.joins();

      await operator.opens(session, 'session');
      await operator.acts('revokeSessionAccess', {});
      await client.findsTheDoorShut(302, 'revoked');
      await operator.acts('cancelSession', { refund: 'full' });
      await operator.waitsFor(session, 'input[name=act][value=decideRefund]');
      await desk.look('refund-to-approve');
      await operator.presses(
        'form:has(input[name=act][value=decideRefund]) button[name=approve][value=true]',
        'refund-approved',
      );
      await operator.signsOut();
      await visitor.goto(sold.link);
      await visitor.look('over');
      await Promise.all([visitor.close(), desk.close()]);
      expect([...visitor.faults, ...desk.faults]).toEqual([]);
    },
    WALK_MS,
  );

  async function bookingUrlOf({ sessionKey }: Sold): Promise<string> {
    const database = connectDatabase(stack.addresses.databaseUrl, { max: 1, onIdleError: () => undefined });
    try {
      return await observe('the booking link', PATIENCE_MS, async () => {
        const row = await database.db
          .selectFrom('sessions')
          .select('booking_url')
          .where('session_key', '=', sessionKey)
          .executeTakeFirst();
        return row?.booking_url ?? undefined;
      });
    } finally {
      await database.close();
    }
  }

  // Each action of the API; what becomes of them without a browser is tested with the pages' routes.
  (every ? test : test.skip).each(pairs.map((row) => [lookName(row), row] as const))(
    'as an operator: %s',
    async (_name, row) => {
      const { visitor, token, operator } = await operatorOf(row);
      const sold = await sell(stack.addresses, {
        language: row.language,
        provider: 'calcom',
        email: `bob.${lookName(row)}@example.com`,
        // Refused, so that a person must look at it.
        metadata: { 'session.refund': 'perhaps' },
      });
      const session = `/admin/sessions/${sold.sessionKey}`;

      await operator.signsIn(token);
      await operator.looksAround();
      await operator.waitsFor('/admin', `form[action="${session}"] button[value=skipSessionStep]`);
      await visitor.look('attention-first');
      await operator.presses(`form[action="${session}"] button[value=skipSessionStep]`, 'attention-noted');

      await operator.opens(session, 'session');
      await operator.unfolds('session-actions');
      await operator.acts('grantCutoff', { cutoff: 'PT1H' });
      await operator.acts('correctSessionEmail', { email: `bob.two.${lookName(row)}@example.com` });
      await operator.acts('reissueSessionLink', {});
      await createVendors(stack.addresses).book(await bookingUrlOf(sold), ahead(72 * HOUR));
      await operator.waitsFor(session, 'details#rescheduleSession');
      const start = ahead(96 * HOUR)
        .toISOString()
        .slice(0, 16);
      await operator.acts('rescheduleSession', { starts_at: start });

      await setFault(stack.addresses.zammad.url);
      await operator.acts('resendSessionMail', {});
      await operator.waitsFor(session, 'button[value=retrySessionStep]');
      await visitor.look('failed-step');
      await operator.presses('button[value=retrySessionStep]', 'step-retried');

      await operator.acts('handOverSession', { provider: 'calendly', event_type: DEMO_EVENT_TYPE });
      await operator.acts('revokeSessionLink', {});
      await operator.acts('revokeSessionAccess', {});
      await operator.acts('restoreSessionAccess', {});
      await operator.acts('cancelSession', { refund: 'none' });
      await operator.signsOut();
      await visitor.close();
      expect(visitor.faults).toEqual([]);
    },
    WALK_MS,
  );

  /** The next article of a ticket is refused for good. */
  async function setFault(zammad: string): Promise<void> {
    const answer = await fetch(`${zammad}/__sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method: 'PUT', path: '/api/v1/tickets/', kind: 'status', status: 422 }),
    });
    expect(answer.status).toBe(200);
  }
});
