import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseZammadWebhook,
  signZammadWebhook,
  verifyZammadSignature,
} from '../../integrations/zammad/webhook.ts';

const secret = 's3cr3t-t0k3n';
const body = Buffer.from(
  '{"ticket_id":"19","session_id":"abcdefghijklmnopqrstuv","action":"\\u003ccancel\\u003e"}',
);
const good = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
const verify = (header: string | undefined, changed: { body?: Buffer; secret?: string } = {}) =>
  verifyZammadSignature({ header, body, secret, ...changed });

describe('the signature', () => {
  test('is made as Zammad makes it, over the bytes as they are', () => {
    expect(signZammadWebhook(body, secret)).toBe(good);
    expect(verify(good)).toBe(true);
    expect(verify(good, { body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))) })).toBe(false);
  });

  test.each([
    ['upper-case hex', good.replace(/[0-9a-f]{40}/, (hex) => hex.toUpperCase()), true],
    ['none', undefined, false],
    ['an empty one', '', false],
    ['without its algorithm', good.slice('sha1='.length), false],
    ['another algorithm', good.replace('sha1', 'sha256'), false],
    ['cut', good.slice(0, -2), false],
    ['longer', `${good}00`, false],
    ['not hex', `sha1=${'z'.repeat(40)}`, false],
    ['two', `${good}, ${good}`, false],
  ])('%s', (_name, header, fits) => {
    expect(verify(header)).toBe(fits);
  });

  test('no secret verifies nothing', () => {
    expect(verify(signZammadWebhook(body, ''), { secret: '' })).toBe(false);
  });

  test('a changed byte, wherever it is, does not fit', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(body);
        changed[at] = ((changed[at] ?? 0) + by) % 256;
        expect(verify(good, { body: changed })).toBe(false);
      }),
    );
  });
});

describe('the body', () => {
  const key = 'abcdefghijklmnopqrstuv';
  test.each<[string, unknown, unknown]>([
    [
      'our custom payload',
      { ticket_id: '19', session_id: key, action: 'cancel' },
      { ticketId: 19, sessionId: key },
    ],
    ['a ticket that is no session', { ticket_id: '19', session_id: '' }, { ticketId: 19, sessionId: '' }],
    ['no field for it at all', { ticket_id: '19' }, { ticketId: 19, sessionId: '' }],
    [
      'Zammad’s own payload',
      { ticket: { id: 19, session_id: key, state: 'open' }, article: {} },
      { ticketId: 19, sessionId: key },
    ],
    [
      'Zammad’s own, without a value',
      { ticket: { id: 19, session_id: null }, article: {} },
      { ticketId: 19, sessionId: '' },
    ],
    ['a placeholder that was not filled in', { ticket_id: '#{ticket.id}' }, undefined],
    ['a list', [], undefined],
    ['nothing', null, undefined],
  ])('%s', (_name, value, expected) => {
    expect(parseZammadWebhook(Buffer.from(JSON.stringify(value)))).toEqual(expected);
  });

  test('what is not JSON is not read', () => {
    expect(parseZammadWebhook(Buffer.from('{'))).toBeUndefined();
    expect(parseZammadWebhook(Buffer.alloc(0))).toBeUndefined();
  });
});
