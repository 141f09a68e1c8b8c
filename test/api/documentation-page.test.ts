import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addDocumentationRoutes } from '../../api/docs/openapi.ts';
import { createReferencePage } from '../../api/docs/page.ts';
import { referenceRoutes } from './undescribed-routes.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';

let served: ServedRoutes;

beforeAll(async () => {
  served = await serveRoutes({
    keepers: keepersOf(async () => ({ ok: false, reason: 'no-token' })),
    add: (routes) => addDocumentationRoutes(routes, { publicUrl: 'https://api.example.com' }),
    routers: [createReferencePage()],
  });
});
afterAll(() => served.close());

test('the reference loads its own files and nothing of the network', async () => {
  const page = await fetch(`${served.origin}/docs`);
  const html = await page.text();
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  expect(new Set(loaded)).toEqual(
    new Set(referenceRoutes.map(({ path }): string => path).filter((path) => path !== '/docs')),
  );
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/https?:|\*/);
  expect(html).not.toMatch(/<script>|<style>/);
});

test.each(referenceRoutes.filter(({ path }) => path !== '/docs'))(
  '$path is kept by browsers',
  async ({ path }) => {
    const file = await fetch(`${served.origin}${path}`);
    expect(file.status).toBe(200);
    expect(file.headers.get('cache-control')).toBe('public, max-age=3600');
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(50);
    expect((await fetch(`${served.origin}${path}`, { method: 'POST' })).headers.get('allow')).toBe(
      'GET, HEAD',
    );
  },
);

test('no other file of the package is served', async () => {
  for (const name of ['index.html', 'package.json', 'swagger-ui.js', '..%2fpackage.json'])
    expect((await fetch(`${served.origin}/docs/${name}`)).status).toBe(404);
});

test('the document is served whole, and not again to who has it', async () => {
  const url = `${served.origin}/openapi.json`;
  const first = await fetch(url);
  expect(await first.json()).toMatchObject({
    openapi: '3.1.0',
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/openapi.json': { get: { operationId: 'getOpenApiDocument' } } },
  });
  const etag = first.headers.get('etag') ?? '';
  const again = await fetch(url, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  const other = await fetch(url, { headers: { 'if-none-match': '"another"' } });
  expect(other.status).toBe(200);
});
