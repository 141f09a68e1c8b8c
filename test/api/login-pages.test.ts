import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LoginRig, resetRig, startLoginRig } from './support/login-rig.ts';
import { SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: LoginRig;

beforeAll(async () => {
  rig = await startLoginRig({ withOidc: true });
});
afterAll(() => rig.close());
beforeEach(() => resetRig(rig));

const elsewhere = [
  '',
  '/',
  '//e',
  '///e',
  '/\\e',
  '\\/e',
  '/%09/e',
  '/\t/e',
  ' /customer/s/x',
  'https:e',
  'https://e',
  'javascript:alert(1)',
  'evil-example.com',
  '//evil-example.com/customer/s/x',
  'https://user:pass@evil-example.com/customer/s/x',
  '/customer@evil-example.com',
  '/customer/@evil-example.com',
  '/customer/../internal',
  '/customer/%2e%2e/internal',
  '/customer//evil-example.com',
  '/customer/s/x?next=//e',
  '/customer/s/x#e',
  '/customer/s/x\r\nSet-Cookie: a=b',
  '/internal',
  'http://xn--e1aybc.example/customer/s/x',
  'http://еxample.com/customer/s/x',
];

describe('where to go back to', () => {
  test.each(elsewhere)('%j is refused everywhere, with no cookie', async (rd) => {
    const { challenge, code } = await rig.askForCode();
    const query = encodeURIComponent(rd);
    const answers = [
      await rig.get(`/customer/login?rd=${query}`),
      await rig.get(`/customer/login/oidc?rd=${query}`),
      await rig.post('/customer/login', { email: 'ada@example.com', rd }),
      await rig.post('/customer/login/link', { email: 'ada@example.com', rd }),
      await rig.post('/customer/login/code', { challenge, code, rd }),
      await rig.send('/customer/login/code', { challenge, code, rd }),
    ];
    for (const { status, headers, text } of answers) {
      expect([status, headers.get('set-cookie'), headers.get('location')]).toEqual([400, null, null]);
      expect(text).not.toContain('evil');
    }
    // Nothing was spent on it.
    const rows = await rig.db.selectFrom('login_codes').select(['tries', 'used_at']).execute();
    expect(rows).toEqual([{ tries: 0, used_at: null }]);
  });

  test('two of them, and one that is no text, are refused', async () => {
    expect((await rig.get(`/customer/login?rd=${own}&rd=//e`)).status).toBe(400);
    expect((await rig.send('/customer/login', { email: 'ada@example.com', rd: [own] })).status).toBe(400);
    expect((await rig.send('/customer/login', { email: 'ada@example.com', rd: null })).status).toBe(400);
  });

  test('a path of ours survives every page', async () => {
    const pages = [
      await rig.get(`/customer/login?rd=${own}`),
      await rig.post('/customer/login', { email: 'x', rd: own }),
      await rig.post('/customer/login', { email: 'ada@example.com', rd: own }),
      await rig.post('/customer/login/code', { challenge: 'x', code: '1', rd: own }),
      await rig.post('/customer/login/code', { challenge: 'x', code: '123456', rd: own }),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 400, 200, 400, 401]);
    for (const { text } of pages) expect(text).toContain(`<input type="hidden" name="rd" value="${own}">`);
    expect(pages[0]?.text).toContain(`href="/customer/login/oidc?rd=${encodeURIComponent(own)}"`);
  });
});

describe('pages for everyone', () => {
  const pages = {
    login: () => rig.get('/customer/login'),
    'login with an error': () => rig.post('/customer/login', { email: 'nobody' }),
    code: () => rig.post('/customer/login', { email: 'ada@example.com' }),
    'code with an error': () => rig.post('/customer/login/code', { challenge: 'x', code: '1' }),
    'code that is over': () => rig.post('/customer/login/code', { challenge: 'x', code: '123456' }),
  } as const;

  test.each(Object.entries(pages))('%s: labels, descriptions and no script', async (_name, open) => {
    const { text, headers } = await open();
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(text).not.toMatch(/<script|\son\w+=|javascript:|style="/i);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('width=device-width, initial-scale=1');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    const fields = [...text.matchAll(/<input (?![^>]*type="hidden")[^>]*>/g)].map(([field]) => field);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) {
      const id = / id="([^"]+)"/.exec(field)?.[1] ?? '';
      expect(text).toContain(`<label for="${id}">`);
      expect(field).toMatch(/autocomplete="(?:email|one-time-code)"/);
      for (const described of (/aria-describedby="([^"]+)"/.exec(field)?.[1] ?? 'missing').split(' '))
        expect(text).toContain(`id="${described}"`);
    }
    // Nothing is wider than a phone of 320 px: no fixed widths, no long words that cannot break.
    expect(text).not.toMatch(/width="\d|size="\d/);
  });

  test('speak the language that the visitor chooses, and remember it', async () => {
    const german = await rig.get('/customer/login?lang=de');
    expect(german.text).toContain('<html lang="de">');
    expect(german.headers.get('set-cookie')).toContain('latchkey_language=de; Path=/customer;');
    expect(german.headers.get('vary')).toContain('Accept-Language');
    const cookie = 'latchkey_language=de';
    const wrong = await rig.post('/customer/login', { email: 'nobody' }, { cookie });
    expect(wrong.text).toContain('Bitte geben Sie Ihre E-Mail-Adresse ein');
    const elsewhere = await rig.get('/customer/login', { 'accept-language': 'de' });
    expect(elsewhere.text).toContain('<html lang="de">');
    expect(elsewhere.headers.get('set-cookie')).toBeNull();
  });

  test('a code’s page changes its language, and no try is spent on it', async () => {
    const { challenge, code } = await rig.askForCode();
    const german = await rig.post('/customer/login/code', { challenge, lang: 'de', rd: own });
    expect([german.status, german.headers.get('set-cookie')]).toEqual([
      200,
      expect.stringContaining('latchkey_language=de'),
    ]);
    expect(german.text).toContain('Ihren Code eingeben');
    expect(german.text).toContain(`name="challenge" value="${challenge}"`);
    expect(german.text).toContain(`name="rd" value="${own}"`);
    const tries = await rig.db.selectFrom('login_codes').select('tries').execute();
    expect(tries).toEqual([{ tries: 0 }]);
    expect((await rig.post('/customer/login/code', { challenge, code, rd: own })).status).toBe(303);
  });

  test('an error is told where the field is', async () => {
    const email = await rig.post('/customer/login', { email: '<b>"nobody' });
    expect(email.text).toContain('aria-describedby="email-error email-hint" aria-invalid="true"');
    expect(email.text).toMatch(/id="email-error" role="alert">Please type your e-mail address/);
    expect(email.text).toContain('value="&lt;b&gt;&quot;nobody"');
    const code = await rig.post('/customer/login/code', { challenge: '"><b>', code: 'x' });
    expect(code.text).toContain('aria-describedby="code-error code-hint" aria-invalid="true"');
    expect(code.text).toContain('inputmode="numeric"');
    expect(code.text).not.toContain('"><b>');
  });
});
