import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { actionOperations } from '../../api/admin/sessions/actions.ts';
import { sessionOperations } from '../../api/admin/sessions/routes.ts';
import { backPath } from '../../api/operator/back-path.ts';
import { isSessionAction, sessionActions } from '../../api/operator/sessions/actions.ts';
import { writeRevocation } from '../../db/queries/revocations.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { changeSession } from './support/rows.ts';
import {
  cookiesOf,
  hiddenIn,
  type OperatorRig,
  startOperatorRig,
  withTokens,
} from './support/operator-rig.ts';
import { viewOf } from './support/session-view.ts';
import { gateOf, HOUR, KEY, NOW } from './support/values.ts';

const ONE = `/admin/sessions/${KEY}`;
let rig: OperatorRig;
let cookie: string;

beforeAll(async () => {
  rig = await startOperatorRig(withTokens);
  await changeSession(rig.api.db, { start_state: 'started', phase: 'locked', needs_attention: true });
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.api.now = NOW;
  rig.standing = { allowed: true, limit: 30, remaining: 29, resetSeconds: 60 };
  const { engine } = rig.api;
  engine.viewAnswer = { kind: 'answer', value: viewOf() };
  engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  engine.asked.updates.length = 0;
  rig.api.revoked.length = 0;
  await rig.api.db.deleteFrom('audit').execute();
  cookie = await rig.signIn();
});

const see = (view: Partial<SessionView>): void => {
  rig.api.engine.viewAnswer = { kind: 'answer', value: viewOf(view) };
};

/** The fields that a page's frame puts into its forms. */
async function frameOf(path: string): Promise<{ readonly form_token: string; readonly form_key: string }> {
  const page = await rig.get(path, cookie);
  return { form_token: hiddenIn(page, 'form_token'), form_key: 'a-key-of-the-form' };
}

const audited = async () =>
  (await rig.api.db.selectFrom('audit').selectAll().orderBy('id').execute()).map(
    ({ action, actor, reason }) => ({
      action,
      actor,
      reason,
    }),
  );

describe('signing in', () => {
  test('is a cookie for our pages alone, audited, and leads on', async () => {
    await rig.api.db.deleteFrom('audit').execute();
    const back = `${ONE}?lang=en`;
    const answer = await rig.post('/admin/sign-in', { token: await rig.tokenOf(), back });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, back]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Secure-latchkey_admin=[\w.-]+; Path=\/admin; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
    expect(await audited()).toEqual([{ action: 'operator.signed-in', actor: 'user:7', reason: null }]);
  });

  test.each([
    ['of another role', { role: 'tenant' as const }, 403, 'role'],
    ['that has ended', {}, 401, 'expired'],
  ])('a token %s is refused, and audited', async (_, caller, status, reason) => {
    await rig.api.db.deleteFrom('audit').execute();
    const endsAt = (reason === 'expired' ? NOW - HOUR : NOW + HOUR) as Instant;
    const answer = await rig.post('/admin/sign-in', { token: await rig.tokenOf(caller, endsAt) });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
    expect(answer.text).toContain('role="alert"');
    expect(await audited()).toMatchObject([{ action: 'operator.sign-in-refused', reason }]);
  });

  test('is counted, and refused to who tries too often', async () => {
    rig.standing = { allowed: false, limit: 30, remaining: 0, resetSeconds: 42 };
    const answer = await rig.post('/admin/sign-in', { token: await rig.tokenOf() });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '42']);
  });

  test('is not for pages of others', async () => {
    const token = await rig.tokenOf();
    const answer = await rig.post('/admin/sign-in', { token }, '', { 'sec-fetch-site': 'cross-site' });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });

  test.each([
    ['/admin/sessions?term=a', '/admin/sessions?term=a'],
    ['//evil.example/admin', '/admin'],
    ['/admin/../customer', '/admin'],
    ['/admin\\..\\..', '/admin'],
    ['https://evil.example/admin', '/admin'],
    ['/administrator', '/admin'],
    ['/admin/sign-out', '/admin'],
    ['/admin@evil.example', '/admin'],
    [undefined, '/admin'],
  ])('%s leads on to %s', (asked, to) => {
    expect(backPath(asked)).toBe(to);
  });
});

describe('a session of an operator', () => {
  test('ends when nothing is done for an hour, and goes on while something is', async () => {
    rig.api.now = (NOW + HOUR / 2) as Instant;
    const page = await rig.get('/admin', cookie);
    expect(page.status).toBe(200);
    const renewed = cookiesOf(page, cookie);
    rig.api.now = (NOW + 1.2 * HOUR) as Instant;
    expect((await rig.get('/admin', cookie)).status).toBe(303);
    expect((await rig.get('/admin', renewed)).status).toBe(200);
  });

  test.each([
    ['its token', NOW + HOUR / 2, NOW + 0.6 * HOUR],
    ['eight hours', NOW + 24 * HOUR, NOW + 8.1 * HOUR],
  ])('never outlives %s', async (_, tokenEnds, late) => {
    let held = await rig.signIn({}, tokenEnds as Instant);
    for (let at: number = NOW; at < late - HOUR / 2; at += HOUR / 2) {
      rig.api.now = at as Instant;
      held = cookiesOf(await rig.get('/admin/zone', held), held);
    }
    rig.api.now = late as Instant;
    expect((await rig.get('/admin/zone', held)).status).toBe(303);
  });

  test('is ended everywhere by signing out', async () => {
    const { form_token } = await frameOf('/admin/zone');
    const out = await rig.post('/admin/sign-out', { form_token }, cookie);
    expect([out.status, cookiesOf(out, cookie)]).toEqual([303, '']);
    const [{ order } = { order: null }] = rig.api.revoked;
    if (order?.kind !== 'login') throw new Error('nothing was revoked');
    expect(await audited()).toContainEqual({ action: 'operator.signed-out', actor: 'user:7', reason: null });
    expect((await rig.get('/admin/zone', cookie)).status).toBe(200);
    await writeRevocation(rig.api.db, {
      kind: 'login',
      subject: order.loginId,
      sessionKey: null,
      actor: 'user:7',
      keepUntil: order.keepUntil,
    });
    expect((await rig.get('/admin/zone', cookie)).status).toBe(303);
  });

  test('that cannot be ended now stays, and says so', async () => {
    const { form_token } = await frameOf('/admin/zone');
    const { receipt } = rig.api;
    rig.api.receipt = new Error('no database');
    const answer = await rig.post('/admin/sign-out', { form_token }, cookie);
    rig.api.receipt = receipt;
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    expect((await rig.get('/admin/zone', cookie)).status).toBe(200);
  });

  test('is nothing that anybody else can write', async () => {
    const changed = cookie.replace(/\.[^.]+$/, '.AAAA');
    expect((await rig.get('/admin', changed)).status).toBe(303);
  });

  test('whose tenant is another sees nothing of this one', async () => {
    const stranger = await rig.signIn({ tenantId: rig.api.rows.tenantId + 1 });
    const page = await rig.get(ONE, stranger);
    expect(page.status).toBe(404);
    expect((await rig.get('/admin/sessions', stranger)).text).not.toContain('ada@example.com');
  });
});

describe('a form', () => {
  const cancel = { act: 'cancelSession', refund: 'none', reason: 'The host is ill', sure: 'yes' };

  test('acts once however often it is sent, in the operator’s name and for the reason given', async () => {
    const frame = await frameOf(ONE);
    const sent = await rig.post(ONE, { ...frame, ...cancel }, cookie);
    expect([sent.status, sent.headers.get('location')]).toEqual([303, ONE]);
    await rig.post(ONE, { ...frame, ...cancel }, cookie);
    const { updates } = rig.api.engine.asked;
    expect(updates).toMatchObject([
      { name: 'cancel', argument: { by: 'operator', refund: 'none' } },
      { name: 'cancel' },
    ]);
    expect(new Set(updates.map(({ updateId }) => updateId)).size).toBe(1);
    expect(await audited()).toContainEqual({ action: 'session.cancelled', actor: 'user:7', reason: null });
    const after = await rig.get(ONE, cookiesOf(sent, cookie));
    expect(after.text).toMatch(/role="status">\s*<p>Cancel the session: done/);
    // It is said once.
    expect((await rig.get(ONE, cookiesOf(after, cookiesOf(sent, cookie)))).text).not.toContain(
      'role="status"',
    );
  });

  test.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of no origin', {}],
  ])('%s does nothing', async (_, headers) => {
    const frame = await frameOf(ONE);
    const answer = await rig.post(ONE, { ...frame, ...cancel }, cookie, headers);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('The host is ill');
    expect(rig.api.engine.asked.updates).toEqual([]);
  });

  test('without the session’s own secret is shown again, and does nothing until it is sent anew', async () => {
    const answer = await rig.post(ONE, { ...cancel, form_token: 'guessed', form_key: 'k-9' }, cookie);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('The host is ill');
    expect(rig.api.engine.asked.updates).toEqual([]);
    const fields = {
      ...cancel,
      form_token: hiddenIn(answer, 'form_token'),
      form_key: hiddenIn(answer, 'form_key'),
    };
    expect(fields.form_key).toBe('k-9');
    expect((await rig.post(ONE, fields, cookie)).status).toBe(303);
  });

  test('whose session is over keeps what was typed', async () => {
    const answer = await rig.post(ONE, { ...cancel, reason: '<b>"ill"</b>' });
    expect(answer.status).toBe(401);
    expect(hiddenIn(answer, 'reason')).toBe('&lt;b&gt;&quot;ill&quot;&lt;/b&gt;');
    expect(answer.text).not.toContain('<b>"ill"');
  });

  test('that cannot be undone wants to be meant', async () => {
    const { sure: _, ...unsure } = cancel;
    const answer = await rig.post(ONE, { ...(await frameOf(ONE)), ...unsure }, cookie);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="cancelSession-sure-error"');
    expect(rig.api.engine.asked.updates).toEqual([]);
  });

  test('that the rules refuse says why, and is open with what was typed', async () => {
    const verdict = { accepted: false, reason: 'already-granted', at: null } as const;
    rig.api.engine.updateAnswer = { kind: 'answer', verdict };
    const fields = { ...(await frameOf(ONE)), act: 'grantCutoff', cutoff: 'PT2H' };
    const answer = await rig.post(ONE, fields, cookie);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('refused, because another cutoff was granted before');
    expect(answer.text).toMatch(/<details id="grantCutoff" open>/);
    expect(answer.text).toContain('value="PT2H"');
    expect(hiddenIn(answer, 'form_key')).not.toBe('');
  });

  test('with a value that the API does not take says so at its field', async () => {
    const fields = { ...(await frameOf(ONE)), act: 'grantCutoff', cutoff: 'soon' };
    const answer = await rig.post(ONE, fields, cookie);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/id="grantCutoff-cutoff"[^>]*aria-invalid="true"/);
  });

  test('while Temporal is away is kept, and does it once when sent again', async () => {
    rig.api.engine.updateAnswer = { kind: 'unavailable', why: 'stub' };
    const fields = { ...(await frameOf(ONE)), act: 'resendSessionMail', reason: 'Lost' };
    const answer = await rig.post(ONE, fields, cookie);
    expect(answer.status).toBe(503);
    expect(answer.text).toContain(`value="${fields.form_key}"`);
    expect(answer.text).toContain('value="Lost"');
  });
});

describe('what the pages offer is what the API has', () => {
  test('every operation that acts on a session is on its page', () => {
    expect(Object.keys(sessionActions).toSorted()).toEqual(actionOperations.map(({ id }) => id).toSorted());
  });

  test('and each is a form in some state of a session', async () => {
    const offered = new Set<string>();
    for (const view of [
      viewOf(),
      viewOf({ phase: 'scheduled', lateChange: null, refund: 'awaiting-approval' }),
      viewOf({ gate: gateOf({ access: 'revoked' }) }),
    ]) {
      see(view);
      for (const provider of ['calendly', 'calcom'] as const) {
        await changeSession(rig.api.db, { provider });
        const { text } = await rig.get(ONE, cookie);
        for (const [, id = ''] of text.matchAll(/<details id="(\w+)"/g))
          if (isSessionAction(id)) offered.add(id);
      }
    }
    await changeSession(rig.api.db, { provider: 'calendly' });
    expect([...offered].toSorted()).toEqual(Object.keys(sessionActions).toSorted());
  });

  test('the other operations of sessions have a page, too', () => {
    const others = sessionOperations.filter((one) => !actionOperations.includes(one)).map(({ id }) => id);
    const sources = filesBelow('api/operator')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const asked = others.filter((id) => sources.includes(`.${id}(`));
    expect(asked.toSorted()).toEqual(others.toSorted());
  });

  test('a page has no other way to know or do anything than the API', () => {
    const allowed = new Set([
      // Who is signed in is no matter of the API: it is written down here.
      'api/operator/sign-in.ts',
    ]);
    const found = filesBelow('api/operator')
      .filter((file) => !allowed.has(file))
      .filter((file) =>
        /from '(\.\.\/)+(db|gate|intake|sessions|booking|admin-booking\/(?!shown)|limits)\//.test(
          readFileSync(file, 'utf8').replaceAll(/import type [^;]+;/g, ''),
        ),
      );
    expect(found).toEqual([]);
  });
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

describe('the front page', () => {
  test('says what waits, and decides it right there', async () => {
    await rig.api.db
      .insertInto('timeline')
      .values({
        session_key: KEY,
        seq: 90,
        at: new Date(NOW),
        event: 'request.late-change',
        from_phase: 'locked',
        to_phase: 'locked',
        reason: 'late-change-requested',
      })
      .execute();
    const page = await rig.get('/admin', cookie);
    expect(page.text).toContain('name="act" value="decideLateChange"');
    expect(page.text).toContain('name="act" value="retrySessionStep"');
    expect(page.text).toContain('Our credential lacks a permission at the vendor');
    const fields = { ...(await frameOf('/admin')), act: 'decideLateChange', approve: 'true', back: '/admin' };
    const decided = await rig.post(ONE, fields, cookie);
    expect([decided.status, decided.headers.get('location')]).toEqual([303, '/admin']);
    expect(rig.api.engine.asked.updates).toMatchObject([
      { name: 'decideLateChange', argument: { by: 'operator', approve: true } },
    ]);
    await rig.api.db
      .insertInto('timeline')
      .values({
        session_key: KEY,
        seq: 91,
        at: new Date(NOW),
        event: 'operator.decide-late-change',
        from_phase: 'locked',
        to_phase: 'locked',
        reason: 'late-change-approved',
      })
      .execute();
    expect((await rig.get('/admin', cookie)).text).not.toContain('decideLateChange');
  });

  test('stands while Temporal is away', async () => {
    rig.api.engine.viewAnswer = { kind: 'unavailable', why: 'stub' };
    const page = await rig.get('/admin', cookie);
    expect(page.status).toBe(200);
    expect(page.text).toContain('The workflow does not answer now');
  });
});

describe('the list', () => {
  test('is that of the API, as a page and as a file', async () => {
    const page = await rig.get('/admin/sessions?term=ada', cookie);
    expect(page.text).toContain(`href="${ONE}"`);
    expect((await rig.get('/admin/sessions?term=nobody', cookie)).text).not.toContain(ONE);
    const file = await rig.get('/admin/sessions.csv?term=ada', cookie);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.text).toBe(
      (await rig.api.get('/api/v1/admin/sessions?term=ada', { accept: 'text/csv' })).text,
    );
  });

  test('is asked in the operator’s own zone', async () => {
    const { form_token } = await frameOf('/admin/zone');
    const chosen = await rig.post('/admin/zone', { form_token, zone: 'Europe/Berlin' }, cookie);
    const browser = cookiesOf(chosen, cookie);
    const page = await rig.get('/admin/sessions?starts_from=2026-03-29T02:30', browser);
    // The clocks skip it there.
    expect(page.status).toBe(400);
    expect((await rig.get('/admin/sessions?starts_from=2026-03-29T02:30', cookie)).status).toBe(200);
  });

  test('acts on what fits, page by page, after a look at how many', async () => {
    const frame = await frameOf('/admin/zone');
    const fields = { ...frame, 'filter.term': 'ada', act: 'resendSessionMail', reason: 'All lost' };
    const preview = await rig.post('/admin/sessions/bulk', { ...fields, do: 'preview' }, cookie);
    expect(preview.text).toContain(KEY);
    expect(rig.api.engine.asked.updates).toEqual([]);
    const done = await rig.post('/admin/sessions/bulk', { ...fields, do: 'act' }, cookie);
    expect(done.status).toBe(200);
    expect(rig.api.engine.asked.updates).toMatchObject([{ name: 'resendLink' }]);
  });
});

describe('a session that was paid elsewhere', () => {
  const typed = {
    email: 'grace@example.com',
    first_name: 'Grace',
    last_name: 'Hopper',
    language: 'en',
    product: 'Consulting',
    minutes: '60',
    amount: '49.00',
    currency: 'EUR',
    payment_reference: 'Invoice 1',
  };

  test('is started once by one form', async () => {
    const frame = { ...(await frameOf('/admin/sessions/start')), form_key: 'start-1' };
    const first = await rig.post('/admin/sessions/start', { ...frame, ...typed }, cookie);
    const again = await rig.post('/admin/sessions/start', { ...frame, ...typed }, cookie);
    expect([first.status, again.status]).toEqual([303, 303]);
    expect(first.headers.get('location')).toMatch(/^\/admin\/sessions\/[\w-]{22}$/);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  test('says at which field it was not understood, and forgets nothing', async () => {
    const frame = await frameOf('/admin/sessions/start');
    const answer = await rig.post('/admin/sessions/start', { ...frame, ...typed, email: 'grace' }, cookie);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/id="start-email"[^>]*aria-invalid="true"/);
    expect(answer.text).toContain('value="Hopper"');
  });
});

describe('in German', () => {
  const ENGLISH =
    /\b(the|and|not|session|sessions|action|actions|refund|since|until|with|this|any|page|time)\b/i;

  test.each([
    '/admin',
    ONE,
    '/admin/sessions',
    '/admin/sessions/start',
    '/admin/sessions/bulk?phase=locked',
    '/admin/zone',
    '/admin/sessions/nothing',
    '/admin/sign-in',
  ])('%s has no English sentence', async (path) => {
    const url = new URL(path, 'http://ours.invalid');
    url.searchParams.set('lang', 'de');
    const page = await rig.get(url.pathname + url.search, path === '/admin/sign-in' ? '' : cookie);
    expect(page.text).toContain('<html lang="de">');
    const words = page.text
      .replaceAll(/<(style|code|option)\b[\s\S]*?<\/\1>/g, ' ')
      .replaceAll(/<a [^>]*lang="en"[\s\S]*?<\/a>/g, ' ')
      .replaceAll(/<[^>]*>/g, ' ');
    expect(ENGLISH.exec(words)?.[0]).toBeUndefined();
  });
});
