import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { createLatchkeyClient, type LatchkeyClient } from '../../integrations/latchkey/client.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors, demoPolicy, type Vendors } from '../../scripts/demo/vendors.ts';
import { createVisitor } from '../../scripts/demo/visitor.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { paySession } from '../support/paid-session.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const PATIENCE_MS = 60_000;
const HOUR = 3_600_000;

let engine: TestEngine;
let stack: Stack;
let admin: LatchkeyClient;
let vendors: Vendors;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine, env: { SCHEDULING_PROVIDER: 'calcom' } });
  const keys = stack.config.auth.localKeys;
  if (keys === null) throw new Error('a stack without keys of its own');
  const now = Date.now() as Instant;
  const caller = { role: 'admin', tenantId: 1, userId: 5, subject: 'two-providers' } as const;
  const token = await mintCallerToken(keys, caller, now, (now + HOUR) as Instant);
  admin = createLatchkeyClient({ baseUrl: stack.addresses.publicUrl, token });
  vendors = createVendors(stack.addresses);
});
afterAll(async () => {
  await stack?.close();
  await engine?.close();
});

const inHours = (hours: number): Date => new Date(Math.ceil(Date.now() / 1000) * 1000 + hours * HOUR);

test('a session of Calendly’s is handed over to Cal.com: the client books anew, and the old appointment is cancelled', async () => {
  const paid = await paySession(stack.addresses, { ...demoPolicy, 'session.provider': 'calendly' });
  const path = { id: paid.sessionKey };
  const visitor = createVisitor();
  const page = paid.link.split('?')[0] ?? paid.link;
  await visitor.get(paid.link);
  const linkTo = (provider: string) =>
    observe(`a booking link to ${provider}`, PATIENCE_MS, async () =>
      new RegExp(`${provider}/d/[^"'<>\\s]+`)
        .exec((await visitor.get(page)).html)?.[0]
        .replaceAll('&amp;', '&'),
    );
  const startsAt = (wanted: Date) =>
    observe(`the start at ${wanted.toISOString()}`, PATIENCE_MS, async () => {
      const read = await admin.getSession({ path });
      return read.status === 200 && read.body.starts_at === wanted.toISOString() ? read.body : undefined;
    });
  const [first, second, third] = [inHours(48), inHours(72), inHours(96)];
  await vendors.book(await linkTo(stack.addresses.calendly.url), first);
  await startsAt(first);

  const asked = { path, body: { starts_at: third.toISOString() } };
  const early = await admin.rescheduleSession(asked);
  expect([early.status, early.body]).toMatchObject([409, { reason: 'not-movable' }]);
  const handed = await admin.handOverSession({ path, body: { provider: 'calcom', event_type: '7' } });
  expect(handed.status).toBe(200);
  await vendors.book(await linkTo(stack.addresses.calcom.url), second);
  expect(await startsAt(second)).toMatchObject({ provider: 'calcom', event_type: '7' });
  await observe('the end of the old appointment', PATIENCE_MS, async () => {
    const state = await (await fetch(`${stack.addresses.calendly.url}/__sandbox/state`)).text();
    return state.includes('canceled') ? true : undefined;
  });
  await observe('a session that nobody has to look at', PATIENCE_MS, async () => {
    const read = await admin.getSession({ path });
    return read.status === 200 && !read.body.needs_attention ? true : undefined;
  });

  // Now its provider's API moves it.
  expect((await admin.rescheduleSession(asked)).status).toBe(200);
  await startsAt(third);
});

test('where visitors book with Cal.com, they are given its link', async () => {
  const api = createLatchkeyClient({ baseUrl: stack.addresses.publicUrl });
  const asked = await api.createBooking({
    body: {
      firstName: 'John',
      lastName: 'Doe',
      companyName: 'Acme Corp',
      companyWebsite: 'https://acme.example',
      position: 'CEO',
      isDecisionMaker: true,
      email: 'john.visitor@example.com',
    },
  });
  if (asked.status !== 201) throw new Error(`no booking: ${asked.status}`);
  const { booking, calendlyLink } = asked.body.results;
  expect(calendlyLink).toMatch(new RegExp(`^${stack.addresses.calcom.url}/d/`));
  const at = inHours(24);
  await vendors.book(calendlyLink, at);
  await observe('the scheduled booking', PATIENCE_MS, async () => {
    const read = await api.getBooking({ path: { id: booking._id } });
    if (read.status !== 200) return undefined;
    const { status, scheduledAt } = read.body.results.booking;
    return status === 'scheduled' && scheduledAt === at.toISOString() ? true : undefined;
  });
});
