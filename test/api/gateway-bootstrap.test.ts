import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type GatewayBootstrapDependencies,
  gatewayBootstrapOf,
  startGatewayBootstrap,
} from '../../api/gateway/bootstrap.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';

const settings = {
  forwardAuthUrl: 'http://127.0.0.1:1/forward-auth',
  upstreamUrl: 'http://127.0.0.1:1',
  gatewaySecret: 'gateway-secret-of-the-tests',
  upstreamSecret: 'upstream-secret-of-the-tests',
};

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

let lines: Line[];
let waits: number[];
let twin: ApisixTwin;

beforeEach(async () => {
  lines = [];
  waits = [];
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key' });
});
afterEach(() => twin.close());

const at = (level: Line['level']) => (fields: Record<string, unknown>, message: string) =>
  void lines.push({ level, fields, message });
const log = { info: at('info'), warn: at('warn'), error: at('error') };

/** Started against the twin; between two attempts `between` is called instead of waiting. */
function start(between: (attempts: number) => void, changed: Partial<GatewayBootstrapDependencies> = {}) {
  const control = createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey: 'admin-key',
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 2000,
  });
  return startGatewayBootstrap({
    control,
    settings: gatewayBootstrapOf(settings),
    log,
    async wait(ms, signal) {
      waits.push(ms);
      between(waits.length);
      signal.throwIfAborted();
    },
    ...changed,
  });
}

const failing = (...codes: FailureCode[]) => ({
  async inspect() {
    return [];
  },
  async bootstrap() {
    const code = codes.shift();
    if (code !== undefined) throw new CodedFailure(code, `failed: ${code}`);
    return [];
  },
});

describe('setting the gateway up at start', () => {
  test('what was changed is told, and a second start changes nothing', async () => {
    const first = start(() => undefined);
    expect(first.state()).toEqual({ kind: 'pending', attempts: 0, code: null });
    expect(await first.ended).toMatchObject({ kind: 'ready', changed: { length: 7 } });
    expect(first.state().kind).toBe('ready');
    expect(await start(() => undefined).ended).toEqual({ kind: 'ready', changed: [] });
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'gateway set up'],
      ['info', 'gateway was set up'],
    ]);
    expect(waits).toEqual([]);
  });

  test('two replicas at once', async () => {
    const both = [start(() => undefined), start(() => undefined)];
    for (const one of both) expect((await one.ended).kind).toBe('ready');
    expect(await start(() => undefined).ended).toEqual({ kind: 'ready', changed: [] });
  });

  test('with etcd down it goes on trying, and says so once', async () => {
    twin.etcdDown(true);
    const bootstrapping = start((attempts) => {
      expect(bootstrapping.state()).toEqual({ kind: 'pending', attempts, code: 'vendor-unavailable' });
      if (attempts === 9) twin.etcdDown(false);
    });
    expect((await bootstrapping.ended).kind).toBe('ready');
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(lines.map(({ level, fields }) => [level, fields['code'] ?? fields['attempts']])).toEqual([
      ['warn', 'vendor-unavailable'],
      ['info', 10],
    ]);
  });

  test('each new reason is told, also one that only a person can mend', async () => {
    const codes = [
      'vendor-unreachable',
      'vendor-unauthorized',
      'vendor-unauthorized',
      'vendor-timeout',
    ] as const;
    const bootstrapping = start(() => undefined, { control: failing(...codes) });
    expect((await bootstrapping.ended).kind).toBe('ready');
    expect(lines.map(({ level, fields }) => [level, fields['code']])).toEqual([
      ['warn', 'vendor-unreachable'],
      ['error', 'vendor-unauthorized'],
      ['warn', 'vendor-timeout'],
      ['info', undefined],
    ]);
  });

  test('a setting that no repeat mends ends it', async () => {
    const bootstrapping = start(() => undefined, {
      settings: gatewayBootstrapOf({ ...settings, upstreamSecret: 'with$dollar' }),
    });
    expect(await bootstrapping.ended).toEqual({ kind: 'failed', code: 'not-configured' });
    expect(lines).toHaveLength(1);
    expect(waits).toEqual([]);
    expect(JSON.stringify(lines)).not.toContain('with$dollar');
  });

  test('a bug is no reason to give up', async () => {
    const control = failing();
    let tries = 0;
    const bootstrapping = start(() => undefined, {
      control: {
        ...control,
        async bootstrap() {
          tries += 1;
          if (tries === 1) throw new TypeError('a bug');
          return [];
        },
      },
    });
    expect((await bootstrapping.ended).kind).toBe('ready');
    expect(lines[0]).toMatchObject({
      level: 'error',
      fields: { code: 'internal', err: { type: 'TypeError' } },
    });
  });
});

describe('stopping', () => {
  test('ends a wait', async () => {
    const control = failing(...Array.from({ length: 100 }, () => 'vendor-timeout' as const));
    const bootstrapping = startGatewayBootstrap({ control, settings: gatewayBootstrapOf(settings), log });
    while (lines.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    await bootstrapping.stop();
    await bootstrapping.stop();
    expect(bootstrapping.state()).toEqual({ kind: 'stopped' });
    expect(await bootstrapping.ended).toEqual({ kind: 'stopped' });
  });

  test('lets an attempt under way finish', async () => {
    let finish: () => void = () => undefined;
    const bootstrapping = start(() => undefined, {
      control: {
        ...failing(),
        async bootstrap() {
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          return [];
        },
      },
    });
    await new Promise((resolve) => void setImmediate(resolve));
    const stopped = bootstrapping.stop();
    finish();
    await stopped;
    expect(bootstrapping.state()).toEqual({ kind: 'ready', changed: [] });
  });

  test('before the first attempt', async () => {
    const bootstrapping = start(() => undefined);
    await bootstrapping.stop();
    expect(bootstrapping.state()).toEqual({ kind: 'stopped' });
    expect(twin.routes()).toEqual([]);
  });
});

test('the settings name every identity header', () => {
  expect(gatewayBootstrapOf({ ...settings, adminAllow: ['::1'] })).toEqual({
    ...settings,
    adminAllow: ['::1'],
    identityHeaders: ['X-Session-Id', 'X-Client-Id', 'X-Tenant-Id', 'X-Access'],
  });
});
