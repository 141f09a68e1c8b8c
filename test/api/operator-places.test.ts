import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allOperations } from '../../api/docs/operations.ts';
import { toldOf } from '../../api/operator/answers.ts';
import { isSessionAction } from '../../api/operator/sessions/actions.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { writeBooking } from './admin-booking-rig.ts';
import {
  cookiesOf,
  hiddenIn,
  type OperatorRig,
  startOperatorRig,
  withTokens,
} from './support/operator-rig.ts';
import { NOW } from './support/values.ts';

let rig: OperatorRig;
let cookie: string;
let booking: BookingKey;
let webhook: string;
let endpoint: string;

beforeAll(async () => {
  rig = await startOperatorRig(withTokens);
  cookie = await rig.signIn();
  const { db, rows } = rig.api;
  booking = await writeBooking(db, { tenant_id: rows.tenantId, needs_attention: true });
  const { id } = await db
    .insertInto('inbox')
    .values({
      source: 'calendly',
      delivery_key: 'k',
      correlation: `booking|${booking}`,
      event: 'invitee.created',
      body: Buffer.from(
        '{"event":"invitee.created","payload":{"email":"eve@example.com","status":"active"}}',
      ),
      received_at: new Date(NOW),
      status: 'quarantined',
      reason: 'unmatched',
      attempts: 3,
      next_attempt_at: new Date(NOW),
      settled_at: new Date(NOW),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  webhook = id;
});
afterAll(() => rig.close());

async function send(path: string, fields: Readonly<Record<string, string>>, from = '/admin/zone') {
  const page = await rig.get(from, cookie);
  return rig.post(path, { form_token: hiddenIn(page, 'form_token'), form_key: 'a-key', ...fields }, cookie);
}

const audited = async (action: string): Promise<number> =>
  (await rig.api.db.selectFrom('audit').select('id').where('action', '=', action).execute()).length;

describe('bookings', () => {
  test('are found as the API finds them, and as a file', async () => {
    const page = await rig.get('/admin/bookings?term=acme&sortBy=lastName', cookie);
    expect(page.text).toContain(`/admin/bookings/${booking}`);
    expect((await rig.get('/admin/bookings?term=nobody', cookie)).text).not.toContain(booking);
    const wrong = await rig.get('/admin/bookings?status=nowhere', cookie);
    expect([wrong.status, wrong.text.includes('role="alert"')]).toEqual([400, true]);
    const file = await rig.get('/admin/bookings.csv?term=acme', cookie);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.text).toContain(booking);
  });

  test('have notes, which the next look at them keeps or is told of', async () => {
    const path = `/admin/bookings/${booking}`;
    const page = await rig.get(path, cookie);
    const tag = hiddenIn(page, 'tag').replaceAll('&quot;', '"');
    const change = { do: 'change', tag, notes: 'Call\r\nback', read: 'yes', status: '' };
    const sent = await send(path, change);
    expect([sent.status, sent.headers.get('location')]).toEqual([303, path]);
    const row = await rig.api.db
      .selectFrom('bookings')
      .select(['meeting_notes', 'is_read'])
      .where('booking_key', '=', booking)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ meeting_notes: 'Call\nback', is_read: true });
    // Somebody has changed it since: what was typed stays in the form.
    const late = await send(path, { ...change, notes: 'Mine & yours' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Mine &amp; yours</textarea>');
    expect((await rig.get(path, cookie)).text).toContain('Change the booking');
  });

  test('are not cancelled without a reason, and a refusal of the run is told', async () => {
    const path = `/admin/bookings/${booking}`;
    const missing = await send(path, { do: 'cancel', reason: ' ' });
    expect(missing.text).toContain('id="reason-error"');
    const away = await send(path, { do: 'cancel', reason: 'The host is ill' });
    expect([away.status, away.text.includes('value="The host is ill"')]).toEqual([409, true]);
    expect(away.text).toContain('engine-unavailable');
  });

  test('are deleted only when that is meant', async () => {
    for (const fields of [{ [`id-${booking}`]: 'yes' }, { sure: 'yes' }]) {
      const sent = await send('/admin/bookings/delete', fields as Record<string, string>);
      const after = await rig.get('/admin/bookings', cookiesOf(sent, cookie));
      expect(after.text).toContain('Delete bookings: refused');
    }
    expect((await rig.get(`/admin/bookings/${booking}`, cookie)).status).toBe(200);
  });
});

describe('the quarantine', () => {
  test('is what the page of webhooks begins with, says why each waits, and shows no one’s address', async () => {
    const list = await rig.get('/admin/inbox', cookie);
    expect(list.text).toContain('it fits no session and no booking');
    const one = await rig.get(`/admin/inbox/${webhook}`, cookie);
    expect(one.text).toContain('&quot;email&quot;: &quot;[redacted]&quot;');
    expect(one.text).not.toContain('eve@example.com');
    expect(one.text).toContain(`href="/admin/bookings/${booking}"`);
  });

  test('adopting asks the provider; when it cannot, what was typed stays', async () => {
    const fields = { do: 'adopt', kind: 'booking', owner: booking, reason: 'Lost its reference' };
    const sent = await send(`/admin/inbox/${webhook}`, fields);
    expect(sent.status).toBe(409);
    expect(sent.text).toContain('value="Lost its reference"');
  });

  test('delivers one again, and all that fit a filter', async () => {
    const one = await send(`/admin/inbox/${webhook}`, { do: 'replay', reason: 'Shop bekannt' });
    expect(one.status).toBe(303);
    const { status } = await rig.api.db
      .selectFrom('inbox')
      .select('status')
      .where('id', '=', webhook)
      .executeTakeFirstOrThrow();
    expect(status).toBe('stored');
    await rig.api.db.updateTable('inbox').set({ status: 'quarantined' }).execute();
    const many = await send('/admin/inbox/replay', { 'filter.status': 'quarantined', reason: '' });
    const after = await rig.get('/admin/inbox', cookiesOf(many, cookie));
    expect(after.text).toContain('Deliver webhooks again: done for 1');
    expect(await audited('webhook.replayed')).toBe(2);
    await rig.api.db.updateTable('inbox').set({ status: 'quarantined', reason: 'unmatched' }).execute();
  });
});

describe('views', () => {
  test('keep what a list shows, stand above it, and are renamed and deleted', async () => {
    const kept = await send('/admin/views', {
      list: 'bookings',
      name: 'Ours',
      'filter.term': 'acme',
      shared: 'yes',
    });
    expect(kept.headers.get('location')).toBe('/admin/bookings?term=acme');
    const list = await rig.get('/admin/bookings?term=acme', cookie);
    expect(list.text).toContain('<a href="/admin/bookings?term=acme" aria-current="true">Ours</a>');
    const { view_id: id } = await rig.api.db
      .selectFrom('saved_views')
      .select('view_id')
      .executeTakeFirstOrThrow();
    await send(`/admin/views/${id}`, { do: 'save', name: 'Mine' });
    const row = await rig.api.db.selectFrom('saved_views').selectAll().executeTakeFirstOrThrow();
    expect([row.name, row.owner, row.filter]).toEqual(['Mine', 'user:7', { term: 'acme' }]);
    await send(`/admin/views/${id}`, { do: 'delete', name: 'Mine' });
    expect(await rig.api.db.selectFrom('saved_views').selectAll().execute()).toEqual([]);
  });
});

describe('webhooks out', () => {
  test('show a secret in the answer to a form, and never in a page', async () => {
    const made = await send('/admin/webhooks', {
      url: 'https://hooks.example.com/x',
      description: 'CRM',
      'event-session.*': 'yes',
    });
    expect(made.status).toBe(200);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const secret = /whsec_[^<]+/.exec(made.text)?.[0];
    endpoint = /\/admin\/webhooks\/(whe_[\w-]+)/.exec(made.text)?.[1] ?? '';
    const page = await rig.get(`/admin/webhooks/${endpoint}`, cookie);
    expect(page.text).not.toContain('whsec_');
    expect((await send(`/admin/webhooks/${endpoint}`, { do: 'secret' })).text).toContain(String(secret));
    const rotated = await send(`/admin/webhooks/${endpoint}`, { do: 'rotate' });
    expect(rotated.text).toContain('whsec_');
    expect(rotated.text).not.toContain(String(secret));
    expect(await audited('webhook.secret-read')).toBe(1);
  });

  test('are refused an address inside, and keep what was typed', async () => {
    const sent = await send('/admin/webhooks', { url: 'https://169.254.169.254/', 'event-booking.*': 'yes' });
    expect(sent.status).toBe(409);
    expect(sent.text).toContain('value="https://169.254.169.254/"');
  });

  test('are tested, changed and deleted', async () => {
    const path = `/admin/webhooks/${endpoint}`;
    expect((await send(path, { do: 'test' })).status).toBe(303);
    const { delivery_id: delivery } = await rig.api.db
      .selectFrom('webhook_deliveries')
      .select('delivery_id')
      .executeTakeFirstOrThrow();
    expect((await rig.get(`${path}/deliveries/${delivery}`, cookie)).text).toContain('webhook.test');
    const again = await send(`${path}/deliveries/${delivery}`, {});
    const told = await rig.get(`${path}/deliveries/${delivery}`, cookiesOf(again, cookie));
    expect(told.text).toContain('refused, because it is still on its way');
    await send(path, { do: 'change', url: 'https://hooks.example.com/y', 'event-booking.*': 'yes' });
    const row = await rig.api.db.selectFrom('webhook_endpoints').selectAll().executeTakeFirstOrThrow();
    expect([row.url, row.events, row.state]).toEqual([
      'https://hooks.example.com/y',
      ['booking.*'],
      'disabled',
    ]);
    expect((await send(path, { do: 'delete' })).status).toBe(409);
    expect((await send(path, { do: 'delete', sure: 'yes' })).headers.get('location')).toBe('/admin/webhooks');
    expect((await rig.get(path, cookie)).status).toBe(404);
  });
});

describe('the catalog', () => {
  test('has a form for each kind; what is wrong is told, and what was typed stays', async () => {
    const calendar = { name: 'Studio', user_id: '5', provider: 'calcom', event_type: '7' };
    expect((await send('/admin/catalog/calendars', calendar)).status).toBe(303);
    const wrong = await send('/admin/catalog/calendars', { ...calendar, user_id: 'five' });
    expect([wrong.status, wrong.text.includes('value="Studio"')]).toEqual([409, true]);
    expect((await rig.get('/admin/catalog/calendars.csv', cookie)).text).toContain('Studio');
  });

  test('makes a link, whose token stands in the answer alone, and revokes it', async () => {
    const { templateId: template_id, clientId: client_id } = rig.api.rows;
    const wanted = { template_id: String(template_id), client_id: String(client_id) };
    const made = await send('/admin/catalog/links', { ...wanted, purpose: 'permanent-booking-link' });
    expect(made.text).toContain('/booking/book?token=');
    const list = await rig.get(`/admin/catalog/links?client_id=${client_id}`, cookie);
    expect(list.text).not.toContain('token=ey');
    const jti = hiddenIn(list, 'jti');
    expect((await send('/admin/catalog/links/revoke', { jti })).status).toBe(303);
    expect(rig.api.revoked.at(-1)?.order).toMatchObject({ kind: 'link', linkId: jti });
    const nobody = await send('/admin/catalog/links', {
      ...wanted,
      client_id: '999999',
      purpose: 'permanent-booking-link',
    });
    expect([nobody.status, nobody.text.includes('client not found')]).toEqual([409, true]);
  });

  test('hands a person’s data out, and erases them only when their id was typed', async () => {
    const path = `/admin/catalog/clients/${rig.api.rows.clientId}`;
    const file = await send(`${path}/export`, {});
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(file.text).toContain('ada@example.com');
    const unsure = await send(path, { running: 'refuse', sure: 'yes' });
    expect([unsure.status, unsure.text.includes('id="sure-error"')]).toEqual([409, true]);
    expect(await audited('client.erasure-started')).toBe(0);
  });
});

test('health, schedules and the audit are told while Temporal is away', async () => {
  const health = await rig.get('/admin/health', cookie);
  expect(health.status).toBe(200);
  expect(health.text).toContain('Temporal does not answer');
  expect((await rig.get('/admin/schedules', cookie)).status).toBe(503);
  const trigger = await send('/admin/schedules/orders', { reason: 'A test' });
  const told = await rig.get('/admin/health', cookiesOf(trigger, cookie));
  expect(told.text).toContain('Start the job: not done');
  expect((await rig.get('/admin/audit?action=operator.signed-in', cookie)).text).toContain('Sign in');
  expect((await rig.get('/admin/audit.csv', cookie)).text).toContain('operator.signed-in');
});

test('what concerns the whole installation is for the default tenant’s operators', async () => {
  const stranger = await rig.signIn({ tenantId: rig.api.rows.tenantId + 1 });
  for (const path of ['/admin/health', '/admin/schedules', '/admin/inbox', `/admin/inbox/${webhook}`])
    expect([path, (await rig.get(path, stranger)).status]).toEqual([path, 403]);
  expect((await rig.get(`/admin/bookings/${booking}`, stranger)).status).toBe(404);
  expect((await rig.get('/admin', stranger)).status).toBe(200);
});

describe('a refusal is told by its code, whichever contract it came by', () => {
  test.each([
    [
      { status: 409, body: { code: 'refused', reason: 'pruned', detail: 'd' } },
      { outcome: 'refused', reason: 'pruned', detail: 'd' },
    ],
    [
      {
        status: 409,
        body: {
          success: false,
          message: 'm',
          results: null,
          error: { code: 'refused', reason: 'ended', requestId: 'r' },
        },
      },
      { outcome: 'refused', reason: 'ended', detail: 'm', requestId: 'r' },
    ],
    [
      { status: 404, body: { success: false, message: 'client not found', data: null, error: '' } },
      { outcome: 'not-found', detail: 'client not found' },
    ],
    [
      { status: 400, body: { success: false, message: 'Invalid', data: null, error: 'client_id: wrong' } },
      { outcome: 'invalid-request', detail: 'client_id: wrong' },
    ],
    [{ status: 500, body: 'gone' }, { outcome: 'internal' }],
  ])('%j', (answer, told) => {
    expect(toldOf('x', answer)).toEqual({ act: 'x', ...told });
  });
});

/** Every page of the places, as an address. */
const addresses = (): readonly string[] => [
  '/admin/bookings',
  `/admin/bookings/${booking}`,
  `/admin/bookings/${booking}/calendly`,
  '/admin/calendly',
  '/admin/inbox',
  '/admin/inbox?all=1',
  `/admin/inbox/${webhook}`,
  '/admin/health',
  '/admin/schedules',
  '/admin/webhooks',
  '/admin/catalog',
  '/admin/catalog/calendars',
  '/admin/catalog/templates',
  '/admin/catalog/clients',
  `/admin/catalog/clients/${rig.api.rows.clientId}`,
  `/admin/catalog/templates/${rig.api.rows.templateId}`,
  '/admin/catalog/links',
  '/admin/audit',
  '/admin/views',
];

test('in German no page has an English sentence', async () => {
  const ENGLISH = /\b(the|and|not(?!-)|is|are|with|this|any|which|has|their)\b/i;
  for (const path of addresses()) {
    const page = await rig.get(`${path}${path.includes('?') ? '&' : '?'}lang=de`, cookie);
    expect(page.text).toContain('<html lang="de">');
    const words = page.text
      .replaceAll(/<(style|code|pre|option)\b[\s\S]*?<\/\1>/g, ' ')
      .replaceAll(/<(a|p) [^>]*lang="en"[\s\S]*?<\/\1>/g, ' ')
      .replaceAll(/<p lang="en">[\s\S]*?<\/p>/g, ' ')
      .replaceAll(/<[^>]*>/g, ' ');
    const at = ENGLISH.exec(words)?.index;
    expect([path, at === undefined ? null : words.slice(Math.max(0, at - 30), at + 40)]).toEqual([
      path,
      null,
    ]);
  }
});

test('every operation that admins have is asked by some page', () => {
  const sources = (folder: string): string =>
    readdirSync(folder, { withFileTypes: true })
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? sources(path) : readFileSync(path, 'utf8');
      })
      .join('\n');
  const pages = sources('api/operator');
  const ofAdmins = allOperations.filter(
    ({ access, path }) =>
      access.kind === 'bearer' &&
      access.roles.includes('admin') &&
      (path.startsWith('/api/v1/admin/') || path.startsWith('/booking/link')),
  );
  expect(ofAdmins.length).toBeGreaterThan(50);
  expect(
    ofAdmins.map(({ id }) => id).filter((id) => !isSessionAction(id) && !pages.includes(`.${id}(`)),
  ).toEqual([]);
});
