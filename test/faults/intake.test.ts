import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Message, type OutageRig, startOutageRig } from './outage-rig.ts';

/** What a sender may wait at most, with room for a slow machine. Calendly gives up after 15 s. */
const BOUND_MS = 10_000;
const MINUTE = 60_000;

let rig: OutageRig;
beforeAll(async () => {
  rig = await startOutageRig();
});
afterAll(() => rig?.close());

const oneOfEach = (): readonly Message[] => [
  rig.message('saleor'),
  rig.message('calendly'),
  rig.message('zammad'),
];

async function timed(send: () => Promise<Response>): Promise<Response> {
  const started = performance.now();
  const response = await send();
  expect(performance.now() - started).toBeLessThan(BOUND_MS);
  return response;
}

/** As vendors do: again and again, until somebody says 2xx. */
async function repeatUntilTaken(message: Message): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { status } = await message.send();
    if (status === 200) return;
    expect(status).toBe(503);
  }
  throw new Error(`${message.source} gave up`);
}

async function tookEffectOnce(messages: readonly Message[]): Promise<void> {
  await rig.withWorker(async () => {
    for (const { source, effects } of messages) expect([source, await effects()]).toEqual([source, 1]);
  });
}

/** Who is away, by the lines that a few passes of the sweep write about it. */
async function reported(): Promise<readonly (string | undefined)[]> {
  const before = rig.intake.log.length;
  for (let pass = 0; pass < 3; pass += 1) {
    rig.intake.clock.advance(2 * MINUTE);
    await rig.intake.sweep.runOnce();
  }
  return rig.intake.log
    .slice(before)
    .filter(({ level }) => level === 'warn')
    .map(({ text }) => /"away":"(\w+)"/.exec(text)?.[1]);
}

interface Outage {
  readonly name: string;
  readonly postgres: boolean;
  readonly temporal: boolean;
  readonly worker: boolean;
  /** Once each, however many passes and rows there are. Without PostgreSQL nobody comes as far as Temporal. */
  readonly reported: readonly string[];
}

const outages: readonly Outage[] = [
  { name: 'Temporal', postgres: false, temporal: true, worker: false, reported: ['temporal'] },
  { name: 'PostgreSQL', postgres: true, temporal: false, worker: false, reported: ['postgresql'] },
  { name: 'the worker', postgres: false, temporal: false, worker: true, reported: [] },
  {
    name: 'Temporal and PostgreSQL',
    postgres: true,
    temporal: true,
    worker: false,
    reported: ['postgresql'],
  },
  { name: 'everything', postgres: true, temporal: true, worker: true, reported: ['postgresql'] },
];

async function liveThrough(outage: Outage, messages: readonly Message[]): Promise<void> {
  const before = await rig.kept();
  if (outage.postgres) rig.postgres.refuse();
  if (outage.temporal) rig.temporal.refuse();

  for (const { source, send, forge } of messages) {
    const answer = await timed(send);
    expect([source, answer.status]).toEqual([source, outage.postgres ? 503 : 200]);
    expect(answer.headers.get('retry-after')).toBe(outage.postgres ? '10' : null);
    expect([source, (await timed(forge)).status]).toEqual([source, 401]);
  }
  const tooLarge = await rig.intake.post('/webhooks/zammad', {}, Buffer.alloc(1024 * 1024 + 1));
  expect(tooLarge.status).toBe(413);
  // Each 2xx is kept, and nothing of what was not promised.
  expect((await rig.kept()) - before).toBe(outage.postgres ? 0 : messages.length);
  expect(await reported()).toEqual(outage.reported);

  rig.postgres.resume();
  rig.temporal.resume();
  for (const message of messages) await repeatUntilTaken(message);
  await rig.deliverAll();
  expect((await rig.kept()) - before).toBe(messages.length);
}

test.each(outages)(
  'without $name: answered 2xx and kept, or 5xx; then each took effect once',
  async (outage) => {
    const messages = oneOfEach();
    if (outage.worker) await liveThrough(outage, messages);
    else await rig.withWorker(() => liveThrough(outage, messages));
    await tookEffectOnce(messages);
  },
);

test('PostgreSQL that hangs: 503 within a bound, and what it wrote late is no second message', async () => {
  const messages = oneOfEach();
  const before = await rig.kept();
  rig.postgres.silence();
  const answers = await Promise.all(messages.map(({ send }) => timed(send)));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  rig.postgres.resume();
  for (const message of messages) await repeatUntilTaken(message);
  expect((await rig.kept()) - before).toBe(messages.length);
  await rig.deliverAll();
  await tookEffectOnce(messages);
});

test('written, and the connection lost before the answer: 503, and the repeat is a duplicate', async () => {
  const messages = oneOfEach();
  const before = await rig.kept();
  rig.postgres.swallowAnswers();
  const answers = messages.map(({ send }) => timed(send));
  for (let look = 0; look < 100 && (await rig.kept()) - before < messages.length; look += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  rig.postgres.cut();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 503, 503]);
  for (const { send } of messages) expect(await (await send()).json()).toEqual({ status: 'duplicate' });
  await rig.deliverAll();
  await tookEffectOnce(messages);
});

test('the shop’s keys away, with PostgreSQL or without: 503, since nothing is known of the signature', async () => {
  await rig.shop.rotate();
  rig.shop.away = true;
  const { send } = rig.message('saleor');
  expect((await timed(send)).status).toBe(503);
  rig.postgres.refuse();
  expect((await timed(send)).status).toBe(503);
  rig.postgres.resume();
  rig.shop.away = false;
  expect((await send()).status).toBe(200);
});
