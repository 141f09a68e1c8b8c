import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ContractPlan, readPlan } from '../../scripts/contract/options.ts';
import { exitCodeOf, linesOf, readReport } from '../../scripts/contract/report.ts';
import { lockDataDirectory } from '../../scripts/servers/stack-lock.ts';
import { removeAddresses, type StackAddresses, writeAddresses } from '../../scripts/stack/addresses.ts';
import { joinRunningStack, removeSettings, writeSettings } from '../../scripts/stack/join.ts';
import { namedBy } from '../integrations/contract-subject.ts';

describe('npm run test:contract', () => {
  test.each<[Parameters<typeof readPlan>[0], Partial<ContractPlan>]>([
    [{}, { against: 'twins', vendors: ['saleor', 'zammad', 'apisix', 'calendly', 'calcom'] }],
    [{ against: 'real' }, { against: 'real' }],
    [
      { against: 'twins', only: 'apisix, saleor' },
      { against: 'twins', vendors: ['apisix', 'saleor'] },
    ],
    [{ clean: true }, { against: 'clean' }],
    [{ clean: true, against: 'real' }, { against: 'clean' }],
  ])('reads %j', (values, plan) => {
    expect(readPlan(values)).toMatchObject(plan);
  });

  test('refuses with all that is wrong', () => {
    expect(readPlan({ against: 'somebody', only: 'nobody' })).toEqual([
      expect.stringMatching(/--against takes twins or real/),
      expect.stringMatching(/--only names no vendor: nobody/),
    ]);
    expect(readPlan({ clean: true, against: 'twins' })).toEqual([expect.stringMatching(/--clean/)]);
  });

  const assertion = (status: string, title = 'Zammad: the twin') => ({
    status,
    fullName: `${title} it holds`,
    ancestorTitles: [title],
  });
  const suite = (vendor: string, ...assertionResults: readonly ReturnType<typeof assertion>[]) => ({
    name: `/anywhere/test/integrations/${vendor}-contract.test.ts`,
    message: assertionResults.length === 0 ? 'cannot be loaded\n  at …' : '',
    assertionResults,
  });
  const report = (...testResults: readonly ReturnType<typeof suite>[]) => readReport({ testResults });

  test('tells what holds, what does not, and why something was skipped', () => {
    const results = report(
      suite('zammad', assertion('passed'), assertion('failed')),
      suite('saleor', assertion('pending', 'Saleor: not named, SALEOR_API_URL not set')),
      suite('calcom'),
    );
    expect(linesOf(results)).toEqual([
      'zammad  1 hold, 1 do not',
      '  FAILED: Zammad: the twin it holds',
      'saleor  Saleor: not named, SALEOR_API_URL not set',
      'calcom  0 hold, 1 do not',
      '  FAILED: cannot be loaded',
    ]);
    expect(exitCodeOf(results)).toBe(1);
  });

  test('holding nothing against anybody is no success', () => {
    expect(exitCodeOf(report(suite('zammad', assertion('passed'))))).toBe(0);
    expect(exitCodeOf(report(suite('saleor', assertion('pending'))))).toBe(2);
  });

  test('a vendor is named by all of its variables', () => {
    expect(namedBy({ A: '1', B: '2' }, ['A', 'B'])).toEqual({ values: { A: '1', B: '2' } });
    expect(namedBy({ A: '1', B: '' }, ['A', 'B', 'C'])).toEqual({ missing: ['B', 'C'] });
  });
});

describe('a script that joins a running stack', () => {
  let directory: string;
  let unlock: () => void;
  const addresses: StackAddresses = {
    pid: process.pid,
    temporal: { address: '127.0.0.1:1', namespace: 'default', uiUrl: null },
    codecUrl: '',
    publicUrl: '',
    internalUrl: '',
    workerMetricsUrl: null,
    gatewayUrl: '',
    saleor: { url: '', apiUrl: '', appToken: '' },
    zammad: { url: '', token: '' },
    apisix: { adminUrl: '', adminKey: '' },
    calendly: { url: '', token: '' },
    calcom: { url: '', apiKey: '' },
    databaseUrl: '',
    sandboxed: [],
  };
  const settings = { LATCHKEY_ENV: 'development', PORT: '4711', ZAMMAD_URL: 'http://127.0.0.1:2' };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-join-'));
    unlock = lockDataDirectory(directory);
  });
  afterAll(() => {
    unlock();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    writeAddresses(directory, addresses);
    writeSettings(directory, settings);
  });

  test('gets its settings, but for what its own environment says', () => {
    const env = { LATCHKEY_DATA: directory, PORT: '0', ZAMMAD_GROUP: 'Mine', SALEOR_API_URL: '' };
    const joined = joinRunningStack(env);
    expect(joined.stack).toBe(directory);
    expect(joined.env).toEqual({ ...settings, LATCHKEY_DATA: directory, ZAMMAD_GROUP: 'Mine' });
  });

  test.each<[string, Readonly<Record<string, string>>, () => void]>([
    ['is production', { LATCHKEY_ENV: 'production' }, () => undefined],
    ['has no stack', {}, () => removeAddresses(directory)],
    ['has a stack of an older kind', {}, () => removeSettings(directory)],
    [
      'has the addresses of a stack that is gone',
      {},
      () => writeAddresses(directory, { ...addresses, pid: 1 }),
    ],
  ])('is left as it is where it %s', (_, more, change) => {
    change();
    const env = { LATCHKEY_DATA: directory, ...more };
    expect(joinRunningStack(env)).toEqual({ env, stack: null });
  });

  test('is told of settings that cannot be read', () => {
    writeFileSync(join(directory, 'settings.json'), '[1]');
    expect(() => joinRunningStack({ LATCHKEY_DATA: directory })).toThrow();
  });
});
