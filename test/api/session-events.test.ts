import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSessionChanges } from '../../api/gate/session-changes.ts';
import { type ApiRig, startApiRig, UPSTREAM_SECRET } from './support/api-rig.ts';
import { changeSession } from './support/rows.ts';
import { gateOf, KEY, OTHER_KEY, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: ApiRig;

/** A page's stream, as its browser reads it. */
interface Stream {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  text(): string;
  /** Resolves when this has been read. */
  reads(part: string | RegExp): Promise<void>;
  readonly ended: Promise<void>;
  hangUp(): void;
}

function follow(at: ApiRig, cookie: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(at.api.publicUrl);
    const headers = {
      accept: 'text/event-stream',
      cookie,
      'x-upstream-auth': UPSTREAM_SECRET,
      'x-session-id': KEY,
      'x-client-id': String(at.rows.clientId),
      'x-tenant-id': String(at.rows.tenantId),
      'x-access': 'page',
    };
    const sent = request({ hostname, port, path: `${own}/events`, headers, agent: false }, (response) => {
      let text = '';
      let waiting: (() => void)[] = [];
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        for (const look of waiting.splice(0)) look();
      });
      const ended = new Promise<void>((end) => {
        response.on('close', () => {
          for (const look of waiting.splice(0)) look();
          end();
        });
      });
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        async reads(part) {
          while (typeof part === 'string' ? !text.includes(part) : !part.test(text)) {
            if (response.destroyed || response.readableEnded)
              throw new Error(`ended without ${String(part)}: ${text}`);
            await new Promise<void>((look) => {
              waiting = [...waiting, look];
            });
          }
        },
        ended,
        hangUp: () => sent.destroy(),
      });
    });
    sent.on('error', (error) => reject(error));
    sent.end();
  });
}

const marks = (text: string): readonly string[] =>
  [...text.matchAll(/event: changed\ndata: (\S+)\n\n/g)].map(([, mark = '']) => mark);

const remember = (more: Parameters<typeof gateOf>[0] = {}): void =>
  rig.memory.remember(SLUG, gateOf(more), { tenantId: rig.rows.tenantId, clientId: rig.rows.clientId });

beforeAll(async () => {
  rig = await startApiRig({ streams: { heartbeatMs: 25, perSession: 3, inProcess: 4 } });
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.memory.forgetAll();
  remember();
  await changeSession(rig.db, { booking_url: null });
});

describe('a stream', () => {
  test('tells what the page shows now, and each other thing that it comes to show, once', async () => {
    const stream = await follow(rig, await rig.cookie());
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await stream.reads(/^retry: \d+\n\n/);
    await stream.reads('event: changed');
    const page = await rig.upstream(own);
    expect(page.text).toContain(`data-mark="${marks(stream.text())[0]}"`);
    await changeSession(rig.db, { booking_url: 'https://calendly.com/d/x' });
    rig.changes.heard(OTHER_KEY);
    rig.changes.heard(KEY);
    rig.changes.heard(KEY);
    rig.changes.heard(null);
    await stream.reads(/(?:event: changed\ndata: \S+\n\n[^]*){2}/);
    await stream.reads(/changed[^]*changed[^]*: still here/);
    expect(new Set(marks(stream.text())).size).toBe(2);
    expect(marks(stream.text())).toHaveLength(2);
    stream.hangUp();
  });

  test.each([
    ['the link was revoked', () => rig.memory.revoked.add(String(gateOf().linkId))],
    ['access was revoked', () => remember({ access: 'revoked' })],
    ['access is about to be', () => rig.memory.held.add(KEY)],
    ['the session is over', () => remember({ state: 'over' })],
  ])('ends at once when %s', async (_name, change) => {
    const stream = await follow(rig, await rig.cookie());
    await stream.reads('event: changed');
    change();
    rig.changes.heard(KEY);
    await stream.reads('event: over');
    await stream.ended;
  });

  test('ends with the next heartbeat when nothing told of it', async () => {
    const stream = await follow(rig, await rig.cookie());
    await stream.reads('event: changed');
    rig.memory.held.add(KEY);
    await stream.reads('event: over');
    await stream.ended;
  });

  test('ends without a word when nobody can tell', async () => {
    const stream = await follow(rig, await rig.cookie());
    await stream.reads('event: changed');
    rig.memory.isFresh = false;
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'stub' };
    rig.changes.heard(KEY);
    await stream.ended;
    expect(stream.text()).not.toContain('event: over');
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
  });

  test('is not opened beyond the bounds, and a place is free again when one has gone', async () => {
    const cookie = await rig.cookie();
    const three = await Promise.all([1, 2, 3].map(() => follow(rig, cookie)));
    for (const stream of three) await stream.reads('event: changed');
    const refused = await follow(rig, cookie);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '30']);
    expect(rig.streams.count()).toBe(3);
    three[0]?.hangUp();
    while (rig.streams.count() === 3) await new Promise((resolve) => setImmediate(resolve));
    const another = await follow(rig, cookie);
    expect(another.status).toBe(200);
    for (const stream of [...three, another]) stream.hangUp();
    while (rig.streams.count() > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

test('a stream lives for so long, and then its browser opens another', async () => {
  const short = await startApiRig({ streams: { longestMs: 30 } });
  short.memory.remember(SLUG, gateOf(), { tenantId: short.rows.tenantId, clientId: short.rows.clientId });
  const stream = await follow(short, await short.cookie());
  await stream.ended;
  expect(stream.text()).not.toContain('event: over');
  // Nor does a process that stops wait for one.
  const last = await follow(short, await short.cookie());
  await last.reads('retry:');
  await Promise.all([short.close(), last.ended]);
  expect(short.streams.count()).toBe(0);
});

test('who follows a session hears of it alone, and of what may be any', () => {
  const changes = createSessionChanges();
  const told: string[] = [];
  const end = changes.follow(KEY, () => void told.push('one'));
  changes.follow(OTHER_KEY, () => void told.push('other'));
  changes.heard(KEY);
  changes.heard(null);
  end();
  changes.heard(KEY);
  changes.heard(null);
  expect(told).toEqual(['one', 'one', 'other', 'other']);
});
