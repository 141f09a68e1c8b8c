import { describe, expect, test } from '@jest/globals';
import { createApiDocument } from '../../api/docs/document.ts';
import { allOperations } from '../../api/docs/operations.ts';
import { operationsIn } from '../../scripts/docs/operations-in.ts';
import { postmanCollection, postmanEnvironment } from '../../scripts/docs/postman.ts';
import { checkAgainst, type SeenAnswer } from '../support/openapi.ts';

const document = createApiDocument(allOperations, { publicUrl: 'https://api.example.com' });
const check = checkAgainst(document);

const standing = { 'ratelimit-limit': '1', 'ratelimit-remaining': '1', 'ratelimit-reset': '1' };
const json = 'application/json; charset=utf-8';
const created = {
  success: true,
  message: 'Booking link created successfully',
  data: {
    token: 'a.b.c',
    url: '/booking/book?token=a.b.c',
    purpose: 'permanent-booking-link',
    expires_at: null,
    created_at: '2026-01-01T00:00:00Z',
  },
  error: null,
};

function problemsOf(id: string, answer: Partial<Omit<SeenAnswer, 'headers'>> & { headers?: object }): number {
  const documented = operationsIn(document).find((one) => one.id === id);
  if (documented === undefined) throw new Error(`there is no ${id}`);
  const { status = 200, headers = {}, text = '' } = answer;
  return check.problemsOf(documented, { status, text, headers: new Headers({ ...headers }) }).length;
}

describe('what the tests hold answers against', () => {
  const good = { status: 201, headers: { ...standing, 'content-type': json }, text: JSON.stringify(created) };

  test('lets pass what is documented', () => {
    expect(problemsOf('createBookingLink', good)).toBe(0);
    expect(problemsOf('getOpenApiDocument', { status: 304 })).toBe(0);
  });

  test.each<[string, Parameters<typeof problemsOf>[1]]>([
    ['another status', { ...good, status: 200 }],
    ['another content type', { ...good, headers: { ...standing, 'content-type': 'text/html' } }],
    ['a missing header', { ...good, headers: { 'content-type': json } }],
    ['no body', { ...good, text: '' }],
    ['a field too many', { ...good, text: JSON.stringify({ ...created, more: 1 }) }],
    ['a field of another type', { ...good, text: JSON.stringify({ ...created, error: 'none' }) }],
  ])('notices %s', (_name, answer) => {
    expect(problemsOf('createBookingLink', answer)).toBeGreaterThan(0);
  });

  test('notices a code that the operation does not answer with', () => {
    const refused = (code: string) => ({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      text: JSON.stringify({ type: 'about:blank', title: 'No', status: 404, code }),
    });
    expect(problemsOf('getCalendar', refused('not-found'))).toBe(0);
    expect(problemsOf('getCalendar', refused('link-over'))).toBeGreaterThan(0);
  });

  test.each([
    ['POST', '/api/v1/admin/sessions/bulk', 'actOnSessions'],
    ['GET', '/api/v1/admin/sessions/abc', 'getSession'],
    ['DELETE', '/api/v1/admin/sessions/abc', undefined],
    ['GET', '/api/v1/admin/sessions/abc/', undefined],
  ])('%s %s is %s', (method, path, id) => {
    expect(check.operationOf(method, path)?.id).toBe(id);
  });
});

describe('the Postman collection', () => {
  const text = JSON.stringify(postmanCollection(document));

  test('has a request with a test for every operation', () => {
    expect(text.split('"listen":"test"')).toHaveLength(allOperations.length + 1);
    for (const { path } of allOperations)
      expect(text).toContain(`"raw":"{{baseUrl}}${path.replaceAll(/\{(\w+)\}/g, ':$1')}"`);
  });

  test('takes its tokens from the environment, which holds none', () => {
    expect(text).toContain('{{adminToken}}');
    const environment = postmanEnvironment(document) as {
      values: { key: string; value: string; type: string }[];
    };
    expect(environment.values.filter(({ type }) => type === 'secret').map(({ value }) => value)).toEqual([
      '',
      '',
      '',
    ]);
    for (const [, variable] of text.matchAll(/\{\{(\w+)\}\}/g))
      expect(environment.values.map(({ key }) => key)).toContain(variable);
  });
});
