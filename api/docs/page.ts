import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router } from 'express';
import { methodNotAllowed } from '../problem.ts';

/** Beside what every page of ours may do: run its own files, ask our API, and style itself as Swagger UI does. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latchkey API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="reference"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/initializer.js"></script>
</body>
</html>
`;

const INITIALIZER = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  filter: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** Of the package, no more than the page loads. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

/** An hour; then the browser asks whether its copy is still this one. */
const KEPT_MS = 3_600_000;
const KEPT = `public, max-age=${KEPT_MS / 1000}`;

const packageFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** `/docs`: the document for reading, by Swagger UI from our own origin. It needs nothing of the network. */
export function createReferencePage(): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const root = packageFolder();
  router
    .route('/docs')
    .get((_req, res) => {
      res.set({ 'content-security-policy': POLICY, 'cache-control': 'no-cache' }).type('html').send(PAGE);
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/docs/initializer.js')
    .get((_req, res) => {
      res.set('cache-control', KEPT).type('text/javascript').send(INITIALIZER);
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  for (const file of FILES)
    router
      .route(`/docs/${file}`)
      .get((_req, res) => res.sendFile(file, { root, maxAge: KEPT_MS }))
      .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
