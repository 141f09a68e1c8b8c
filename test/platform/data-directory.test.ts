import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  defaultDataDirectory,
  isOurs,
  makeDataDirectory,
  projectRoot,
} from '../../platform/data-directory.ts';
import { resetDataDirectory } from '../../scripts/servers/reset-data.ts';
import { lockDataDirectory, stackLockHolder } from '../../scripts/servers/stack-lock.ts';

let folder: string;
let root: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-data-'));
  root = join(folder, 'data');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the data directory is marked as ours and closed to others', () => {
  const directory = makeDataDirectory(root);
  expect(isOurs(root)).toBe(true);
  expect(statSync(root).mode & 0o077).toBe(0);
  expect(existsSync(directory.postgres) && existsSync(directory.temporal)).toBe(true);
  expect(makeDataDirectory(root)).toEqual(directory);
});

test('by default it lies in the project', () => {
  expect(defaultDataDirectory()).toBe(join(projectRoot(), '.latchkey'));
  expect(existsSync(join(projectRoot(), 'package.json'))).toBe(true);
});

describe('a reset', () => {
  test('deletes the directory', () => {
    makeDataDirectory(root);
    writeFileSync(join(root, 'secrets.json'), '{}');
    expect(resetDataDirectory(root)).toBe(true);
    expect(existsSync(root)).toBe(false);
  });

  test('of nothing is no failure', () => {
    expect(resetDataDirectory(root)).toBe(false);
  });

  test('leaves alone what somebody else made, even when a stack ran in it', () => {
    mkdirSync(root);
    writeFileSync(join(root, 'thesis.txt'), 'two years of work');
    makeDataDirectory(root);
    expect(() => resetDataDirectory(root)).toThrow(/not made by Latchkey/);
    expect(existsSync(join(root, 'thesis.txt'))).toBe(true);
  });

  test('refuses while a stack runs there', () => {
    makeDataDirectory(root);
    const release = lockDataDirectory(root);
    expect(() => resetDataDirectory(root)).toThrow(new RegExp(`process ${process.pid}`));
    release();
    expect(resetDataDirectory(root)).toBe(true);
  });
});

describe('the lock of a data directory', () => {
  test('is held by one stack, and can be taken after it is given back', () => {
    makeDataDirectory(root);
    const release = lockDataDirectory(root);
    expect(stackLockHolder(root)).toBe(process.pid);
    expect(() => lockDataDirectory(root)).toThrow(/already runs.*LATCHKEY_DATA/s);
    release();
    release();
    expect(stackLockHolder(root)).toBeUndefined();
    lockDataDirectory(root)();
  });

  test('that a killed stack left is taken over', () => {
    makeDataDirectory(root);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(root, 'stack.lock'), `${pid} 1\n`);
    expect(stackLockHolder(root)).toBeUndefined();
    lockDataDirectory(root)();
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('is not held by another process that got the same number', () => {
    makeDataDirectory(root);
    writeFileSync(join(root, 'stack.lock'), `${process.pid} 1\n`);
    expect(stackLockHolder(root)).toBeUndefined();
  });
});
