import { describe, expect, test } from '@jest/globals';
import { formPage } from '../../integrations/sandbox/form-page.ts';
import { renderTwinPage } from '../../integrations/sandbox/page.ts';
import { SANDBOX_STYLE } from '../../integrations/sandbox/style.ts';
import {
  catalog,
  lengthInWords,
  lineOf,
  policyInWords,
  policyOf,
} from '../../integrations/saleor/twin-catalog.ts';
import { orderOfForm, readSoldOrder, shopView } from '../../integrations/saleor/twin-page.ts';
import { Refusals } from '../../integrations/saleor/problems.ts';
import { readPolicy } from '../../integrations/saleor/policy.ts';

const NOW = Date.parse('2026-12-01T09:00:00Z');

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
  const channels = [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe('the family of pages', () => {
  const schemes = [...SANDBOX_STYLE.matchAll(/:root\{([^}]*)\}/g)].map(([, body = '']) =>
    Object.fromEntries(
      [...body.matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/gi)].map(([, name, value]) => [name, value]),
    ),
  );

  test('has two schemes', () => {
    expect(schemes).toHaveLength(2);
  });

  test.each([
    ['text', 'back'],
    ['text', 'box'],
    ['soft', 'back'],
    ['soft', 'box'],
    ['accent', 'box'],
    ['accent', 'back'],
    ['on-accent', 'accent'],
    ['warn-text', 'warn'],
    ['text', 'code'],
  ])('reads %s on %s in both', (one, other) => {
    for (const scheme of schemes)
      expect(contrast(scheme[one] ?? '', scheme[other] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  test('says first of all what it is, whatever page it is', () => {
    const pages = [renderTwinPage('Saleor', []), formPage('Calendly', 200, 'Book', '<p>x</p>').body];
    for (const page of pages) {
      const body = page.slice(page.indexOf('<body'));
      expect(body).toMatch(/^<body[^>]*><p class="sandbox" role="note"><strong>Sandbox: stands in for \w+\./);
      expect(page).toContain('<html lang="en">');
      expect(page).toContain('width=device-width');
    }
  });

  test('shows text as text, and an empty table as a sentence', () => {
    const table = {
      title: 'A <b>',
      columns: ['<i>'],
      rows: [['<script>'], ['https://example.com/?a=1&b=2']],
    };
    const page = renderTwinPage('Saleor', [table, { title: 'None', columns: [], rows: [] }], {
      neighbours: [{ name: 'Next <door>', url: 'http://127.0.0.1:1/__sandbox' }],
    });
    expect(page).not.toMatch(/<script>|A <b>|Next <door>/);
    expect(page).toContain('<a href="https://example.com/?a=1&amp;b=2">');
    expect(page).toContain('None yet.');
  });
});

describe('the catalog', () => {
  test.each(catalog)('$name is sold under a deal that is read without a refusal', ({ key, metadata }) => {
    const refusals = new Refusals();
    readPolicy((name) => metadata[name], refusals);
    expect(refusals.refused).toEqual([]);
    expect(lineOf(key, 2, NOW)).toMatchObject({ quantity: 2 });
  });

  test('tells each deal in words of its own', () => {
    const words = catalog.map(({ metadata }) => policyInWords(policyOf(metadata)).join(' '));
    expect(words[0]).toContain('until 24 hours before its start');
    expect(words[0]).toContain('paid back in full');
    expect(words[2]).toContain('until 2 days before its start');
    expect(words[2]).toContain('nothing is paid back');
    expect(words[2]).toContain('the wish is granted');
    expect(words[3]).toContain('until 1 minute before its start');
  });

  test.each([
    [86_400_000, '24 hours'],
    [172_800_000, '2 days'],
    [90_000, '90 seconds'],
    [60_000, '1 minute'],
  ])('%d ms are %s', (ms, words) => {
    expect(lengthInWords(ms)).toBe(words);
  });
});

describe('the form', () => {
  const fields = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Client', quantity: '1' };
  const paid = (more: Record<string, string>) =>
    readSoldOrder(orderOfForm(new URLSearchParams({ ...fields, ...more }), NOW));

  test('sells what was chosen, in the language of the order', () => {
    expect(paid({ product: 'workshop', language: 'DE', productName: 'ignored' })).toMatchObject({
      language: 'DE',
      lines: [{ productName: 'Workshop seat', start: '2026-12-11T09:00:00.000Z', durationMinutes: 120 }],
    });
  });

  test('sells something of one’s own, as it was entered', () => {
    expect(
      paid({ product: 'own', productName: 'Lesson', productMetadata: 'session.cutoff=PT1H' }),
    ).toMatchObject({
      lines: [{ productName: 'Lesson', productMetadata: { 'session.cutoff': 'PT1H' } }],
    });
  });

  test('has a label for each field, and a name for each button', () => {
    const view = shopView([]);
    const inputs = view.match(/<(?:input|select|textarea)\b[^>]*>/g) ?? [];
    const labelled = view.match(/<label\b[^>]*>(?:(?!<\/label>)[\s\S])*?<(?:input|select|textarea)\b/g) ?? [];
    expect(inputs.length).toBeGreaterThan(8);
    expect(labelled).toHaveLength(inputs.length);
    expect(view).not.toMatch(/<button[^>]*>\s*<\/button>/);
  });
});
