import { describe, expect, test } from '@jest/globals';
import { loginPath, readGatedPath, readReturnPath } from '../../api/gate/paths.ts';
import { SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;

describe('a session’s URL', () => {
  test.each([
    [own, 'page', own, null],
    [`${own}/`, 'page', `${own}/`, null],
    [`${own}/join`, 'join', `${own}/join`, null],
    [`${own}/join?x=1`, 'join', `${own}/join`, null],
    // Only the exact second segment is the join link.
    [`${own}/join/`, 'page', `${own}/join/`, null],
    [`${own}/join/more`, 'page', `${own}/join/more`, null],
    [`${own}/JOIN`, 'page', `${own}/JOIN`, null],
    [`${own}/joined`, 'page', `${own}/joined`, null],
    [`${own}/reschedule`, 'page', `${own}/reschedule`, null],
    [`${own}/calendar.ics`, 'page', `${own}/calendar.ics`, null],
    [`${own}/calendar.ics?lang=de`, 'page', `${own}/calendar.ics`, null],
    [`${own}?/public/`, 'page', own, null],
    [`${own}?/join`, 'page', own, null],
    [`${own}?x=/customer/s/other/join`, 'page', own, null],
    [`${own}?token=a.b.c`, 'page', own, 'a.b.c'],
    [`${own}/join?x=1&token=a.b.c`, 'join', `${own}/join`, 'a.b.c'],
    [`${own}?%74oken=a.b.c`, 'page', own, 'a.b.c'],
    [`${own}?token=`, 'page', own, ''],
  ] as const)('%s', (uri, door, path, token) => {
    expect(readGatedPath(uri)).toEqual({ slug: SLUG, door, path, token });
  });

  test.each([
    '',
    '/',
    '*',
    '/customer',
    '/customer/',
    '/customer/s',
    '/customer/s/',
    '/customer/s/short?/public/',
    `/customer/s/${'a'.repeat(65)}`,
    `/Customer/s/${SLUG}`,
    `/CUSTOMER/S/${SLUG}`,
    `/customer/S/${SLUG}`,
    `//customer/s/${SLUG}`,
    `/customer//s/${SLUG}`,
    `/customer/s//${SLUG}`,
    `${own}//join`,
    `${own}/calendar.ics/`,
    `${own}/calendar.ics/join`,
    `${own}/join/calendar.ics`,
    `${own}/calendar.icsx`,
    `${own}/other.ics`,
    `${own}/.ics`,
    `${own}/./join`,
    `${own}/../${SLUG}`,
    `${own}/%2e%2e/${SLUG}`,
    `${own}/%2E%2E/internal`,
    `${own}%2fjoin`,
    `${own}/%6aoin`,
    `${own};join`,
    `${own}/join;x=1`,
    `${own}/join%00`,
    `${own}\\join`,
    `${own}/join#x`,
    `${own} /join`,
    `${own}/join\n`,
    `${own}/é`,
    `/customer/s/%70Q7_-rStUvWxYz0123456789`,
    `/public/../customer/s/${SLUG}`,
    `/internal/customer/s/${SLUG}`,
    `http://gateway.example/customer/s/${SLUG}`,
    `//evil.example/customer/s/${SLUG}`,
    `${own}?${'x'.repeat(8192)}`,
  ])('is not %j', (uri) => {
    expect(readGatedPath(uri)).toBeUndefined();
  });
});

describe('where to go back to', () => {
  test.each([own, `${own}/`, `${own}/join`, `${own}/calendar.ics`, '/customer/login'])('%s', (path) => {
    expect(readReturnPath(path)).toBe(path);
    expect(readReturnPath(new URL(loginPath(path), 'https://x.example').searchParams.get('rd'))).toBe(path);
  });

  test('nowhere in particular', () => {
    expect(readReturnPath(undefined)).toBeNull();
  });

  test.each([
    '',
    '/',
    '//e',
    '///e',
    '/\\e',
    '\\/e',
    '/\\/e',
    '/%09/e',
    '/\t/e',
    '/\n/e',
    ' /customer/s/x',
    'https:e',
    'https://e',
    'https:/e',
    'javascript:alert(1)',
    'data:text/html,x',
    'evil-example.com',
    'customer/s/x',
    '//evil-example.com/customer/s/x',
    'https://gateway.example.evil-example.com/customer/s/x',
    'https://user:pass@evil-example.com/customer/s/x',
    '//user@evil-example.com/customer',
    '/customer@evil-example.com',
    '/customer/@evil-example.com',
    '/customer/../internal',
    '/customer/..',
    '/customer/%2e%2e/internal',
    '/customer/s/x/..%2finternal',
    '/customer//evil-example.com',
    '/customer/\\evil-example.com',
    '/customer/s/x?next=//e',
    '/customer/s/x#e',
    '/customer/s/x\n',
    '/customer/s/x\r\nSet-Cookie: a=b',
    '/customers/x',
    '/Customer/s/x',
    '/internal',
    'http://xn--e1aybc.example/customer/s/x',
    'http://еxample.com/customer/s/x',
    `/customer/${'a'.repeat(600)}`,
    ['/customer/s/x', '//e'],
    { toString: () => '/customer/s/x' },
    null,
  ])('is not %j', (given) => {
    expect(readReturnPath(given)).toBeUndefined();
  });
});
