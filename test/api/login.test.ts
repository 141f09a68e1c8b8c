import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeFits } from '../../api/login/codes.ts';
import { verifyLoginCookie } from '../../platform/tokens.ts';
import type { Outcome, Phase } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { type Answer, browser } from './support/ask.ts';
import {
  challengeIn,
  codeIn,
  GATEWAY_ORIGIN,
  type LoginRig,
  program,
  resetRig,
  startLoginRig,
  UPSTREAM_SECRET,
} from './support/login-rig.ts';
import { changeSession } from './support/rows.ts';
import { after, KEY, NOW, OTHER_KEY, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const MINUTE = 60_000;
let rig: LoginRig;

beforeAll(async () => {
  rig = await startLoginRig();
});
afterAll(() => rig.close());
beforeEach(() => resetRig(rig));

const wrongFor = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const cookieOf = (answer: Answer): string => answer.headers.get('set-cookie') ?? '';
const enter = (challenge: string, code: string, more: Record<string, string> = {}) =>
  rig.post('/customer/login/code', { challenge, code, ...more });

/** An answer without what differs between any two requests. */
function comparable(answer: Answer): unknown {
  const headers = [...answer.headers.entries()].filter(
    ([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name),
  );
  const challenge = challengeIn(answer.text);
  return {
    status: answer.status,
    headers,
    text: challenge === '' ? answer.text : answer.text.replaceAll(challenge, 'CHALLENGE'),
  };
}

async function loggedIn(): Promise<string> {
  const { challenge, code } = await rig.askForCode();
  const cookie = cookieOf(await enter(challenge, code)).split(';')[0] ?? '';
  expect(cookie).toMatch(/^latchkey_c=./);
  return cookie;
}

describe('with a code', () => {
  test('from the page to the session, and the mail leaves nothing behind', async () => {
    const first = await rig.get(`/customer/login?rd=${encodeURIComponent(own)}`);
    expect(first.status).toBe(200);
    expect(first.text).toContain('Please open the link in the e-mail');
    expect(first.text).toContain(`<input type="hidden" name="rd" value="${own}">`);
    expect(first.text).not.toContain('oidc');
    expect(first.headers.get('set-cookie')).toBeNull();

    const asked = await rig.post('/customer/login', { email: ' Ada@Example.COM ', rd: own });
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('If we know this address');
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(asked.headers.get('x-robots-tag')).toBe('noindex');
    await rig.settled();
    const mail = rig.zammad.mails().at(-1);
    expect(mail).toMatchObject({ type: 'email', internal: true, to: 'ada@example.com' });
    expect(mail?.subject).not.toMatch(/\d/);
    const code = codeIn(mail?.body);
    expect(code).toMatch(/^\d{6}$/);

    const challenge = challengeIn(asked.text);
    const row = await rig.db.selectFrom('login_codes').selectAll().executeTakeFirstOrThrow();
    expect(JSON.stringify({ ...row, hash: row.code_hash.toString('latin1') })).not.toContain(code);
    expect(row.article_id).toBe(mail?.id);

    const typed = `${code.slice(0, 3)} ${code.slice(3)}`;
    const done = await enter(challenge, typed, { rd: own });
    expect([done.status, done.headers.get('location'), rig.used]).toEqual([303, own, 1]);
    const [pair, ...attributes] = cookieOf(done).split('; ');
    expect(attributes).toEqual(['Path=/customer', 'Max-Age=43200', 'HttpOnly', 'SameSite=Lax', 'Secure']);
    const verdict = await verifyLoginCookie(rig.keys, pair?.slice('latchkey_c='.length) ?? '', NOW);
    expect(verdict).toMatchObject({
      ok: true,
      claims: {
        clients: [{ tenantId: rig.rows.tenantId, clientId: rig.rows.clientId }],
        expiresAt: after(12 * 60 * MINUTE),
      },
    });

    expect(await rig.sweep.runOnce()).toBe(1);
    expect(rig.zammad.articles(mail?.ticketId ?? 0).filter(({ type }) => type === 'email')).toEqual([]);
    await rig.settled();
    const audit = await rig.db.selectFrom('audit').selectAll().orderBy('id', 'desc').executeTakeFirst();
    expect(audit).toMatchObject({
      tenant_id: rig.rows.tenantId,
      actor: `client:${rig.rows.clientId}`,
      action: 'login.succeeded',
      reason: 'code',
    });
  });

  test('without a place to go back to there is a page with the sessions, until the logout', async () => {
    const { challenge, code } = await rig.askForCode();
    const done = await enter(challenge, code);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/customer/login']);
    const cookie = cookieOf(done).split(';')[0] ?? '';
    const page = await rig.get('/customer/login', { cookie });
    expect(page.text).toContain('<h1>Your sessions</h1>');
    expect(page.text).toContain(`<a href="${own}">Coaching &lt;b&gt;hour&lt;/b&gt;</a>`);
    expect(page.text.match(/<li class="card">/g)).toHaveLength(1);
    // Whom the gate sent here gets the form, whatever cookie they have.
    expect((await rig.get(`/customer/login?rd=${own}`, { cookie })).text).toContain('id="email"');

    const out = await rig.post('/customer/logout', {}, { cookie });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/customer/login']);
    expect((await rig.get('/customer/login', { cookie })).text).toContain('id="email"');
  });

  test('the mail is written in the language of the newest session', async () => {
    await rig.db.updateTable('sessions').set({ language: 'de' }).execute();
    const { code } = await rig.askForCode();
    expect(code).toMatch(/^\d{6}$/);
    expect(rig.zammad.mails().at(-1)?.subject).toBe('Ihr Code zur Anmeldung');
    await rig.db.updateTable('sessions').set({ language: 'en' }).execute();
  });

  test('sessions ahead stand before those that are over, which lead nowhere any more', async () => {
    const { challenge, code } = await rig.askForCode();
    const cookie = cookieOf(await enter(challenge, code)).split(';')[0] ?? '';
    const listed = async (phase: Phase, outcome: Outcome | null) => {
      await changeSession(rig.db, { phase, outcome });
      return (await rig.get('/customer/login', { cookie })).text;
    };
    const ahead = await listed('awaiting-booking', null);
    expect(ahead).toContain('<h2>Ahead</h2>');
    expect(ahead).toContain('Please book a time');
    const zone = Buffer.from('America/New_York').toString('base64url');
    await changeSession(rig.db, { phase: 'scheduled', starts_at: new Date(NOW) });
    const chosen = await rig.get('/customer/login', { cookie: `${cookie}; latchkey_zone=${zone}` });
    expect(chosen.text).toContain('(America/New_York)');
    const past = await listed('ended', 'no-show');
    expect(past).toContain('<h2>Past</h2>');
    expect(past).not.toContain('<h2>Ahead</h2>');
    expect(past).toContain('Missed');
    expect(past).not.toContain(own);
    await changeSession(rig.db, { phase: 'scheduled', outcome: null });
  });

  test('a wrong code says how many tries are left; the sixth try is none', async () => {
    const { challenge, code } = await rig.askForCode();
    for (const words of ['4 tries are', '3 tries are', '2 tries are', 'One try is']) {
      const answer = await enter(challenge, wrongFor(code), { rd: own });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
      expect(answer.text).toContain(`This is not the code. ${words} left.`);
      expect(challengeIn(answer.text)).toBe(challenge);
      expect(answer.text).toContain(`name="rd" value="${own}"`);
    }
    expect((await enter(challenge, wrongFor(code))).text).toContain('not good any more');
    const sixth = await enter(challenge, code);
    expect([sixth.status, sixth.headers.get('set-cookie')]).toEqual([401, null]);
    expect(sixth.text).toContain('not good any more');
    expect(rig.used).toBe(0);
  });

  test('the fifth try may still be the right one', async () => {
    const { challenge, code } = await rig.askForCode();
    for (let n = 0; n < 4; n += 1) await enter(challenge, wrongFor(code));
    expect((await enter(challenge, code)).status).toBe(303);
  });

  test.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12345\u0000', '0x1234'])(
    'what is no code (%j) costs no try',
    async (typed) => {
      const { challenge, code } = await rig.askForCode();
      for (let n = 0; n < 6; n += 1) expect((await enter(challenge, typed)).status).toBe(400);
      expect((await enter(challenge, code)).status).toBe(303);
    },
  );

  test('is good for ten minutes and not for one more millisecond', async () => {
    const one = await rig.askForCode();
    rig.now = after(10 * MINUTE - 1);
    expect((await enter(one.challenge, one.code)).status).toBe(303);
    rig.now = NOW;
    const other = await rig.askForCode();
    rig.now = after(10 * MINUTE);
    const late = await enter(other.challenge, other.code);
    expect([late.status, late.headers.get('set-cookie')]).toEqual([401, null]);
  });

  test('works once', async () => {
    const { challenge, code } = await rig.askForCode();
    expect((await enter(challenge, code)).status).toBe(303);
    const again = await enter(challenge, code);
    expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null]);
  });

  test('a new code ends the older ones of the address, and no one else’s', async () => {
    const old = await rig.askForCode();
    const others = await rig.askForCode('bob@example.com');
    const fresh = await rig.askForCode('ADA@example.com');
    expect((await enter(old.challenge, old.code)).status).toBe(401);
    expect(
      (await enter(fresh.challenge, old.code === fresh.code ? wrongFor(old.code) : old.code)).status,
    ).toBe(401);
    expect((await enter(fresh.challenge, fresh.code)).status).toBe(303);
    expect((await enter(others.challenge, others.code)).status).toBe(303);
  });

  test('of many that ask at once for one address, one has a good code', async () => {
    await Promise.all(
      Array.from({ length: 8 }, () => rig.post('/customer/login', { email: 'ada@example.com' })),
    );
    await rig.settled();
    const rows = await rig.db.selectFrom('login_codes').select('expires_at').execute();
    expect(rows).toHaveLength(8);
    expect(rows.filter(({ expires_at: at }) => at.getTime() > NOW)).toHaveLength(1);
  });

  test('a code belongs to its challenge', async () => {
    const ada = await rig.askForCode();
    const bob = await rig.askForCode('bob@example.com');
    expect(ada.code === bob.code).toBe(false);
    expect((await enter(ada.challenge, bob.code)).status).toBe(401);
    for (const challenge of ['', 'x', `${ada.challenge}x`, 'A'.repeat(22), `${ada.challenge}\u0000`])
      expect((await enter(challenge, ada.code)).status).toBe(401);
  });

  test('fifty guesses at once are five tries', async () => {
    const { challenge, code } = await rig.askForCode();
    const guesses = Array.from({ length: 50 }, (_, n) =>
      String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'),
    );
    const answers = await Promise.all(guesses.map((guess) => enter(challenge, guess)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 401));
    expect(answers.filter(({ text }) => text.includes('This is not the code'))).toHaveLength(4);
    const row = await rig.db.selectFrom('login_codes').select('tries').executeTakeFirst();
    expect(row?.tries).toBe(5);
    expect((await enter(challenge, code)).status).toBe(401);
  });

  test('the right code from many at once lets one in', async () => {
    const { challenge, code } = await rig.askForCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => enter(challenge, code)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter((answer) => cookieOf(answer) !== '')).toHaveLength(1);
    expect(rig.used).toBe(1);
  });
});

describe('whatever comes in whatever order', () => {
  type Step =
    | { readonly kind: 'ask' }
    | { readonly kind: 'guess'; readonly of: number; readonly right: boolean }
    | { readonly kind: 'wait'; readonly ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 2, arbitrary: fc.constant({ kind: 'ask' } as const) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('guess' as const),
        of: fc.nat({ max: 3 }),
        right: fc.oneof(
          { weight: 1, arbitrary: fc.constant(true) },
          { weight: 4, arbitrary: fc.constant(false) },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 4 * MINUTE, 10 * MINUTE),
      }),
    },
  );

  test('a login needs the right code of the newest challenge, unused, in time, with a try left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        await resetRig(rig);
        const asked: { challenge: string; code: string; tries: number; at: number; used: boolean }[] = [];
        for (const one of steps)
          switch (one.kind) {
            case 'ask':
              asked.push({ ...(await rig.askForCode()), tries: 0, at: rig.now, used: false });
              break;
            case 'wait':
              rig.now = after(one.ms, rig.now);
              break;
            case 'guess': {
              const of = asked[asked.length - 1 - one.of];
              if (of === undefined) break;
              const alive = of === asked.at(-1) && !of.used && of.tries < 5 && rig.now < of.at + 10 * MINUTE;
              const answer = await enter(of.challenge, one.right ? of.code : wrongFor(of.code));
              expect(answer.status === 303).toBe(alive && one.right);
              expect(cookieOf(answer) !== '').toBe(alive && one.right);
              if (alive) of.tries += 1;
              if (alive && one.right) of.used = true;
              break;
            }
          }
      }),
      { numRuns: 25 },
    );
  });
});

describe('an address that nobody has', () => {
  test('is answered like any other, from the first form to the last try', async () => {
    const mails = rig.zammad.mails().length;
    const known = await rig.post('/customer/login', { email: 'ada@example.com', rd: own });
    const unknown = await rig.post('/customer/login', { email: 'eve@example.com', rd: own });
    expect(comparable(unknown)).toEqual(comparable(known));
    expect(challengeIn(unknown.text)).toMatch(/^[\w-]{22}$/);
    await rig.settled();
    expect(rig.zammad.mails()).toHaveLength(mails + 1);
    expect(await rig.db.selectFrom('login_codes').select('email_key').execute()).toHaveLength(2);

    const code = codeIn(rig.zammad.mails().at(-1)?.body);
    for (let n = 0; n < 6; n += 1) {
      const one = await enter(challengeIn(known.text), wrongFor(code), { rd: own });
      const other = await enter(challengeIn(unknown.text), wrongFor(code), { rd: own });
      expect(comparable(other)).toEqual(comparable(one));
    }
  });

  test('and so it is for programs, and for the links', async () => {
    const shape = ({ status, json }: Answer): unknown => [status, { ...json, challenge: '' }];
    const known = await rig.send('/customer/login', { email: 'ada@example.com' });
    expect(shape(await rig.send('/customer/login', { email: 'eve@example.com' }))).toEqual(shape(known));
    for (const send of [
      (email: string) => rig.post('/customer/login/link', { email, rd: own }),
      (email: string) => rig.send('/customer/login/link', { email }),
    ])
      expect(comparable(await send('eve@example.com'))).toEqual(comparable(await send('ada@example.com')));
  });

  test('no guess can match it', async () => {
    const { challenge, code } = await rig.askForCode('eve@example.com');
    expect(code).toBe('');
    const { code_hash: before } = await rig.db
      .selectFrom('login_codes')
      .select('code_hash')
      .where('challenge', '=', challenge)
      .executeTakeFirstOrThrow();
    for (let n = 0; n < 1_000_000; n += 997)
      expect(codeFits(rig.keys, challenge, String(n).padStart(6, '0'), before)).toBe(false);
  });

  test('nor is a client’s who never had a session', async () => {
    await rig.db
      .insertInto('clients')
      .values({
        tenant_id: rig.rows.tenantId,
        email: 'new@example.com',
        email_key: 'new@example.com',
        first_name: '',
        last_name: '',
        language: 'en',
        zammad_customer_id: null,
      })
      .execute();
    expect((await rig.askForCode('new@example.com')).code).toBe('');
  });
});

describe('where the mail goes', () => {
  test('nowhere while no session has a ticket; the log says so without the address', async () => {
    const ticket = await rig.db
      .selectFrom('sessions')
      .select('ticket_id')
      .where('session_key', '=', OTHER_KEY)
      .executeTakeFirstOrThrow();
    const setTicket = (id: number | null) =>
      rig.db.updateTable('sessions').set({ ticket_id: id }).where('session_key', '=', OTHER_KEY).execute();
    await setTicket(null);
    expect((await rig.askForCode('bob@example.com')).code).toBe('');
    expect(rig.logged()).toContain('no session has a ticket yet');
    await setTicket(ticket.ticket_id);
    expect((await rig.askForCode('bob@example.com')).code).not.toBe('');
  });

  test('to a live session’s ticket before an ended one’s, and one login is good for every tenant', async () => {
    const tenant = await rig.db
      .insertInto('tenants')
      .values({ name: 'Second', time_zone: 'UTC', saleor_domain: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    const client = await rig.db
      .insertInto('clients')
      .values({
        tenant_id: tenant.id,
        email: 'Ada@example.com',
        email_key: 'ada@example.com',
        first_name: 'Ada',
        last_name: '',
        language: 'en',
        zammad_customer_id: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const [first] = await rig.db.selectFrom('sessions').selectAll().where('session_key', '=', KEY).execute();
    const other = await rig.db
      .selectFrom('sessions')
      .select('ticket_id')
      .where('session_key', '=', OTHER_KEY)
      .executeTakeFirst();
    if (first === undefined || other === undefined) throw new Error('no session');
    const newer = 'zzzzzzzzzzzzzzzzzzzzzz' as SessionKey;
    await rig.db
      .insertInto('sessions')
      .values({
        ...first,
        input: JSON.stringify(first.input),
        refused: '[]',
        attention: null,
        session_key: newer,
        tenant_id: tenant.id,
        client_id: client.id,
        line_id: 'other-line',
        slug: 'another-slug-0123456789',
        ticket_id: other.ticket_id,
        workflow_id: `session-${newer}`,
        phase: 'ended',
        created_at: new Date(Date.now() + MINUTE),
      })
      .execute();
    const { challenge, code } = await rig.askForCode();
    expect(rig.zammad.mails().at(-1)?.ticketId).toBe(first.ticket_id);
    const cookie = cookieOf(await enter(challenge, code)).split(';')[0] ?? '';
    const verdict = await verifyLoginCookie(rig.keys, cookie.slice('latchkey_c='.length), NOW);
    expect(verdict).toMatchObject({
      claims: {
        clients: [
          { tenantId: tenant.id, clientId: client.id },
          { tenantId: rig.rows.tenantId, clientId: rig.rows.clientId },
        ],
      },
    });
    // Only the session that has not ended gets its link again.
    await rig.post('/customer/login/link', { email: 'ada@example.com' });
    await rig.settled();
    expect(rig.signals.map(({ key }) => key)).toEqual([KEY]);
    await rig.db.deleteFrom('sessions').where('session_key', '=', newer).execute();
  });

  test('the answer does not wait for Zammad', async () => {
    const before = rig.zammad.mails().length;
    rig.zammad.faults.set({ kind: 'delay', delayMs: 700 });
    expect((await rig.post('/customer/login', { email: 'ada@example.com' })).status).toBe(200);
    expect(rig.zammad.mails()).toHaveLength(before);
    await rig.settled();
    expect(rig.zammad.mails()).toHaveLength(before + 1);
  });

  test('Zammad away: the same answer, a code in the log, and asking again helps', async () => {
    const good = await rig.post('/customer/login', { email: 'ada@example.com' });
    await rig.settled();
    rig.zammad.faults.set({ kind: 'status', status: 503 });
    const bad = await rig.post('/customer/login', { email: 'ada@example.com' });
    await rig.settled();
    expect(comparable(bad)).toEqual(comparable(good));
    expect(rig.logged()).toContain('"code":"vendor-unavailable"');
    const { challenge, code } = await rig.askForCode();
    expect((await enter(challenge, code)).status).toBe(303);
  });
});

describe('the links by mail again', () => {
  test('every live session of the client is told to send its own', async () => {
    const answer = await rig.post('/customer/login/link', { email: 'ADA@example.com', rd: own });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('If we know this address');
    expect(answer.text).toContain(`href="/customer/login?rd=${encodeURIComponent(own)}"`);
    await rig.settled();
    expect(rig.signals).toEqual([
      {
        key: KEY,
        events: [{ type: 'ticket.action', action: 'resend_link', occurredAt: NOW, receivedAt: NOW }],
      },
    ]);
  });

  test.each(['not-found', 'unavailable'] as const)('%s stays in the log', async (engine) => {
    rig.engine = engine;
    const before = rig.logged().length;
    expect((await rig.post('/customer/login/link', { email: 'ada@example.com' })).status).toBe(200);
    await rig.settled();
    expect(rig.logged().slice(before)).toContain('link not sent again');
  });

  test('a session without a run or at its end is left alone', async () => {
    for (const change of [{ start_state: 'intended' }, { phase: 'ended' }] as const) {
      await rig.db.updateTable('sessions').set(change).where('session_key', '=', KEY).execute();
      await rig.post('/customer/login/link', { email: 'ada@example.com' });
      await rig.settled();
      await rig.db
        .updateTable('sessions')
        .set({ start_state: 'started', phase: 'opening' })
        .where('session_key', '=', KEY)
        .execute();
    }
    expect(rig.signals).toEqual([]);
  });
});

describe('limits', () => {
  test.each(['/customer/login', '/customer/login/link'])(
    '%s counts addresses of both kinds',
    async (path) => {
      await rig.post(path, { email: 'Ada@example.com' });
      await rig.post(path, { email: 'ada@EXAMPLE.com ' });
      await rig.post(path, { email: 'eve@example.com' }, { 'x-real-ip': '192.0.2.8' });
      const [, one, , two, , three] = rig.charged;
      expect(rig.charged.map(({ name }) => name)).toEqual([
        'logins-per-address',
        'logins-per-email',
        'logins-per-address',
        'logins-per-email',
        'logins-per-address',
        'logins-per-email',
      ]);
      expect(rig.charged[4]?.key).toBe('192.0.2.8');
      expect(one?.key).toBe(two?.key);
      expect(one?.key).not.toBe(three?.key);
      expect(JSON.stringify(rig.charged)).not.toMatch(/@|ada|example/i);
    },
  );

  test('too many from one place: 429 with the time to wait, and nothing is counted against the address', async () => {
    rig.exhausted = (name) => name === 'logins-per-address';
    const mails = rig.zammad.mails().length;
    const answer = await rig.post('/customer/login', { email: 'ada@example.com', rd: own });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '90']);
    expect(answer.text).toContain('try again in 2 minutes');
    const { status, json, headers } = await rig.send('/customer/login', { email: 'ada@example.com' });
    expect([status, json?.['code'], headers.get('retry-after')]).toEqual([429, 'too-many-requests', '90']);
    expect(rig.charged.map(({ name }) => name)).toEqual(['logins-per-address', 'logins-per-address']);
    await rig.settled();
    expect(rig.zammad.mails()).toHaveLength(mails);
  });

  test('too many for one address: the same for one that nobody has', async () => {
    const { charged } = rig;
    await rig.post('/customer/login', { email: 'ada@example.com' });
    await rig.post('/customer/login', { email: 'eve@example.com' });
    const full = new Set(charged.filter(({ name }) => name === 'logins-per-email').map(({ key }) => key));
    rig.exhausted = (name, key) => name === 'logins-per-email' && full.has(key);
    const known = await rig.post('/customer/login', { email: 'ada@example.com' });
    expect([known.status, known.headers.get('retry-after')]).toEqual([429, '90']);
    expect(comparable(await rig.post('/customer/login', { email: 'eve@example.com' }))).toEqual(
      comparable(known),
    );
    expect((await rig.post('/customer/login', { email: 'bob@example.com' })).status).toBe(200);
  });

  test('how often others tried an address is not told', async () => {
    const answer = await rig.post('/customer/login', { email: 'ada@example.com' });
    expect(rig.charged.map(({ name }) => name)).toEqual(['logins-per-address', 'logins-per-email']);
    // Of the counter of the own place, which has more left.
    expect(answer.headers.get('ratelimit-remaining')).toBe('4');
  });
});

describe('logging out', () => {
  test('ends the login everywhere and takes the cookie from where it was', async () => {
    const cookie = await loggedIn();
    const answer = await rig.post('/customer/logout', {}, { cookie });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/customer/login']);
    expect(cookieOf(answer)).toBe('latchkey_c=; Path=/customer; Max-Age=0; HttpOnly; SameSite=Lax; Secure');
    const verdict = await verifyLoginCookie(rig.keys, cookie.slice('latchkey_c='.length), NOW);
    if (!verdict.ok) throw new Error('not a login');
    expect(rig.revoked).toEqual([
      { kind: 'login', loginId: verdict.claims.loginId, keepUntil: verdict.claims.expiresAt },
    ]);
  });

  test.each([{}, { cookie: 'latchkey_c=x' }, { cookie: 'latchkey_s=y' }])(
    'works without a login (%j)',
    async (headers) => {
      const answer = await rig.post('/customer/logout', {}, headers);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/customer/login']);
      expect(cookieOf(answer)).toContain('Max-Age=0');
      expect(rig.revoked).toEqual([]);
    },
  );

  test('a program gets 204', async () => {
    expect((await rig.send('/customer/logout', {}, { cookie: await loggedIn() })).status).toBe(204);
    expect(rig.revoked).toHaveLength(1);
  });

  test('keeps the cookie when nothing could be ended', async () => {
    const cookie = await loggedIn();
    rig.storeAway = true;
    const answer = await rig.post('/customer/logout', {}, { cookie });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([503, null]);
    expect(answer.text).toContain('Please try again');
    expect((await rig.send('/customer/logout', {}, { cookie })).json?.['code']).toBe('store-unavailable');
  });
});

describe('programs', () => {
  test('speak JSON from end to end', async () => {
    const asked = await rig.send('/customer/login', { email: 'ada@example.com' });
    await rig.settled();
    expect([asked.status, asked.json]).toEqual([
      202,
      {
        challenge: expect.stringMatching(/^[\w-]{22}$/),
        digits: 6,
        expiresAt: new Date(after(10 * MINUTE)).toISOString(),
      },
    ]);
    const code = codeIn(rig.zammad.mails().at(-1)?.body);
    const challenge = asked.json?.['challenge'];
    const wrong = await rig.send('/customer/login/code', { challenge, code: wrongFor(code) });
    expect(wrong.status).toBe(401);
    expect(wrong.json).toMatchObject({
      code: 'not-authenticated',
      reason: 'wrong-code',
      detail: '4 tries are left.',
    });
    expect((await rig.send('/customer/login/code', { challenge, code: Number(code) })).status).toBe(400);
    const done = await rig.send('/customer/login/code', { challenge, code, rd: own });
    expect([done.status, done.json]).toEqual([
      200,
      { loggedIn: true, expiresAt: new Date(after(12 * 60 * MINUTE)).toISOString(), back: own },
    ]);
    expect(cookieOf(done)).toContain('latchkey_c=');
    const again = await rig.send('/customer/login/code', { challenge, code });
    expect(again.json).toMatchObject({ code: 'not-authenticated', reason: 'code-ended' });
  });
});

describe('who may ask', () => {
  const posts = ['/customer/login', '/customer/login/code', '/customer/login/link', '/customer/logout'];

  test.each(posts)('%s answers the gateway alone', async (path) => {
    for (const method of ['GET', 'POST'])
      for (const secret of ['', 'x', `${UPSTREAM_SECRET}x`]) {
        const answer = await rig.raw(method, path, { ...browser, 'x-upstream-auth': secret });
        expect([answer.status, answer.json?.['code']]).toEqual([401, 'not-authenticated']);
      }
    expect(rig.charged).toEqual([]);
  });

  test.each(posts)('%s refuses the forms of other sites', async (path) => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: GATEWAY_ORIGIN },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await rig.post(path, { email: 'ada@example.com' }, headers);
      expect([answer.status, answer.json?.['reason'], answer.headers.get('set-cookie')]).toEqual([
        403,
        'cross-site',
        null,
      ]);
    }
    expect((await rig.send(path, {}, { origin: 'https://evil.example' })).status).toBe(403);
    expect(rig.charged).toEqual([]);
  });

  test.each([
    ['GET', '/customer/login/code', 'POST'],
    ['GET', '/customer/login/link', 'POST'],
    ['GET', '/customer/logout', 'POST'],
    ['PUT', '/customer/login', 'GET, HEAD, POST'],
  ])('%s %s: 405', async (method, path, allow) => {
    const answer = await rig.raw(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test.each([
    ['a body of another type', 415, 'text/plain', 'x'],
    ['broken JSON', 400, 'application/json', '{'],
    ['a body that is too large', 413, 'application/json', JSON.stringify({ email: 'x'.repeat(9000) })],
    ['a body that is no object', 400, 'application/json', '[]'],
    ['an address that is none', 400, 'application/json', '{"email":"ada"}'],
    ['an address that is no text', 400, 'application/json', '{"email":["ada@example.com"]}'],
    ['two addresses', 400, 'application/x-www-form-urlencoded', 'email=a@b.c&email=ada@example.com'],
    ['an address with a NUL', 400, 'application/json', '{"email":"ada\\u0000@example.com"}'],
    ['an endless address', 400, 'application/json', JSON.stringify({ email: `${'a'.repeat(251)}@b.c` })],
  ])('%s: %d', async (_name, status, type, body) => {
    const headers = { ...program, 'content-type': type, origin: GATEWAY_ORIGIN };
    const answer = await rig.raw('POST', '/customer/login', headers, body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await rig.db.selectFrom('login_codes').select('challenge').execute()).toEqual([]);
  });
});

describe('the log', () => {
  test('holds no address, code, challenge or cookie of all this', async () => {
    const { challenge, code } = await rig.askForCode();
    const cookie =
      cookieOf(await enter(challenge, code))
        .split(';')[0]
        ?.slice('latchkey_c='.length) ?? '';
    expect(cookie).not.toBe('');
    await rig.settled();
    const logged = rig.logged();
    expect(logged).toContain('login code sent');
    expect(logged).not.toMatch(/(?:ada|bob|eve|new)(?:@|%40)example/i);
    for (const { body } of rig.zammad.mails())
      expect(logged).not.toMatch(new RegExp(`(?<!\\d)${codeIn(body)}(?!\\d)`));
    for (const secret of [challenge, cookie]) expect(logged).not.toContain(secret);
  });
});
