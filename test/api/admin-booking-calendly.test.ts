import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { ADMIN, type AdminBookingRig, startAdminBookingRig, writeBooking } from './admin-booking-rig.ts';

let rig: AdminBookingRig;
let booked: string;
let pending: string;
const INVITEE = 'https://api.calendly.com/scheduled_events/E1/invitees/I1';

beforeAll(async () => {
  rig = await startAdminBookingRig();
  booked = await writeBooking(rig.db, { appointment_uri: INVITEE, status: 'scheduled' });
  pending = await writeBooking(rig.db);
});
afterAll(() => rig.close());

const paths = [
  ['event', () => `${ADMIN}/${booked}/calendly/event`],
  ['invitee', () => `${ADMIN}/${booked}/calendly/invitee`],
  ['account', () => `${ADMIN}/calendly/info`],
] as const;

const withReads = (read: () => Promise<Readonly<Record<string, unknown>> | undefined>): void => {
  rig.calendly = {
    readEvent: read,
    readInvitee: read,
    readAccount: async () => (await read()) ?? {},
  };
};

test.each(paths)('the %s is shown as Calendly tells it', async (name, path) => {
  const asked: unknown[] = [];
  const resource = { uri: 'https://api.calendly.com/x', name: '<b>Zoë</b>', nested: { a: [1, null] } };
  const read = async (...args: unknown[]) => {
    asked.push(...args);
    return resource;
  };
  rig.calendly = { readEvent: read, readInvitee: read, readAccount: read };
  const answer = await rig.get(path());
  expect([answer.status, answer.json]).toEqual([
    200,
    { success: true, message: 'From Calendly', results: { [name]: resource } },
  ]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(asked).toEqual(name === 'account' ? [] : [INVITEE]);
});

const codes: readonly (readonly [FailureCode, number])[] = [
  ['vendor-unreachable', 502],
  ['vendor-timeout', 504],
  ['vendor-unavailable', 502],
  ['vendor-rate-limited', 503],
  ['vendor-unauthorized', 502],
  ['vendor-forbidden', 502],
  ['vendor-not-found', 502],
  ['vendor-rejected', 502],
  ['vendor-malformed', 502],
];
const cases = paths.flatMap(([name, path]) =>
  codes.map(([code, status]) => [name, code, status, path] as const),
);

test.each(cases)(
  'the %s when Calendly fails with %s: %i, in our own words',
  async (_name, code, status, path) => {
    withReads(async () => {
      throw new VendorFailure(
        code,
        { vendor: 'calendly', method: 'GET', path: '/scheduled_events/E1' },
        { status: 400, requestId: 'r-1', vendorBody: { message: 'zoe@secret.example is wrong' } },
      );
    });
    const answer = await rig.get(path());
    expect([answer.status, answer.json]).toEqual([
      status,
      {
        success: false,
        message: expect.stringMatching(/Calendly|access token/),
        results: null,
        error: { code, requestId: expect.any(String) },
      },
    ]);
    expect(answer.headers.get('retry-after')).toBe(code === 'vendor-rate-limited' ? '60' : null);
    expect(answer.text + rig.lines.join('')).not.toContain('secret');
  },
);

test('how long Calendly wants to be left alone is handed on', async () => {
  withReads(async () => {
    throw new VendorFailure(
      'vendor-rate-limited',
      { vendor: 'calendly', method: 'GET', path: '/users/me' },
      { status: 429, requestId: 'r-1', retryAfterMs: 12_300 },
    );
  });
  const answer = await rig.get(`${ADMIN}/calendly/info`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '13']);
});

test.each(['event', 'invitee'])(
  'an %s that Calendly does not know is a failure of its side',
  async (name) => {
    withReads(async () => undefined);
    const answer = await rig.get(`${ADMIN}/${booked}/calendly/${name}`);
    expect([answer.status, answer.json?.['error']]).toMatchObject([502, { code: 'vendor-not-found' }]);
  },
);

test('an account that Calendly does not know is one too', async () => {
  withReads(async () => {
    throw new CodedFailure('vendor-not-found', 'calendly GET /users/me');
  });
  const answer = await rig.get(`${ADMIN}/calendly/info`);
  expect([answer.status, answer.json?.['message']]).toEqual([
    502,
    'Calendly does not know what was asked for.',
  ]);
});

test.each(['event', 'invitee'])('no %s yet is 409, and Calendly is not asked', async (name) => {
  withReads(async () => {
    throw new Error('asked');
  });
  const answer = await rig.get(`${ADMIN}/${pending}/calendly/${name}`);
  expect([answer.status, answer.json?.['error']]).toMatchObject([
    409,
    { code: 'refused', reason: 'not-booked' },
  ]);
});

test('of another tenant there is nothing; who is no admin sees nothing', async () => {
  const foreign = await writeBooking(rig.db, { tenant_id: 2, appointment_uri: INVITEE });
  for (const name of ['event', 'invitee'])
    expect((await rig.get(`${ADMIN}/${foreign}/calendly/${name}`)).status).toBe(404);
  for (const [, path] of paths)
    expect((await rig.get(path(), { authorization: 'Bearer tenant' })).status).toBe(403);
});
