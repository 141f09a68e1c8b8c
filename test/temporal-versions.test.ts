import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

const manifest = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});
const read = (file: string) => manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
const root = process.cwd();

// Mixed versions of the SDK's packages load side by side and fail far away, in replay or in `instanceof`.
describe('the packages of the Temporal SDK', () => {
  test('are asked for in one exact version', () => {
    const { dependencies, devDependencies } = read(join(root, 'package.json'));
    const asked = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
      name.startsWith('@temporalio/'),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(new Set(asked.map(([, version]) => version)).size).toBe(1);
    expect(asked[0]?.[1]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('are installed in one version, once', () => {
    const lock = z
      .object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
      .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
    const locked = Object.entries(lock.packages).filter(([path]) => path.includes('@temporalio/'));
    expect(new Set(locked.map(([, { version }]) => version)).size).toBe(1);
    expect(locked.filter(([path]) => path.lastIndexOf('node_modules/') > 0)).toEqual([]);

    const scope = join(root, 'node_modules', '@temporalio');
    const installed = readdirSync(scope).map((name) => read(join(scope, name, 'package.json')).version);
    expect(new Set(installed).size).toBe(1);
  });

  test('share one protobufjs, or JSON histories do not replay', () => {
    const from = (name: string) => createRequire(join(root, 'node_modules', name, 'package.json'));
    const versions = ['@temporalio/proto', '@temporalio/common', '@temporalio/client'].map(
      (name) => read(from(name).resolve('protobufjs/package.json')).version,
    );
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).toMatch(/^8\./);
  });
});
