import { z } from 'zod';
import { addresses, flag, httpUrl, secret, text, wholeNumber } from '../config-values.ts';
import { settingWords } from './words.ts';

export const apisixSettings = (weak: boolean) => ({
  APISIX_ADMIN_URL: httpUrl('where the Admin API of APISIX is').register(settingWords, {
    meaning: 'Where the Admin API of APISIX is.',
    readBy: 'API and worker',
  }),
  APISIX_ADMIN_KEY: text('the admin key of APISIX').register(settingWords, {
    meaning: 'Its admin key. Whoever has it can read the secrets of the gateway.',
    readBy: 'API and worker',
    secret: true,
  }),
  APISIX_MAX_ROUTES: wholeNumber(2000, 0, 1_000_000).register(settingWords, {
    meaning: 'So many sessions have a route of their own; those above use the wildcard route.',
    readBy: 'worker',
    unit: 'routes',
  }),
  APISIX_ROUTE_MODE: z
    .enum(['session', 'shared', 'auto'], { error: 'is none of session, shared and auto' })
    .default('auto')
    .register(settingWords, {
      meaning:
        '`session`: always a route of its own; `shared`: always the wildcard; `auto`: its own up to ' +
        '`APISIX_MAX_ROUTES`.',
      readBy: 'worker',
    }),
  APISIX_ADMIN_ALLOW: addresses().register(settingWords, {
    meaning: 'Addresses that may reach `/api/v1/admin` and `/admin` through the gateway.',
    readBy: 'API',
    otherwise: 'nobody can',
  }),
  APISIX_TRACEPARENT: flag().register(settingWords, {
    meaning: "The gateway begins each request's trace by its plugin `opentelemetry`, and we go on with it.",
    readBy: 'API',
  }),
  GATEWAY_URL: httpUrl('where clients reach the gateway', { https: !weak }).register(settingWords, {
    meaning: 'Where clients reach the gateway. HTTPS in production.',
    readBy: 'API and worker',
  }),
  FORWARD_AUTH_URL: httpUrl('where the gateway reaches /forward-auth on the internal listener').register(
    settingWords,
    {
      meaning:
        'Where the gateway reaches `/forward-auth` on the internal listener; beside it `/gateway/events`, where it ' +
        'tells what became of requests.',
      readBy: 'API',
    },
  ),
  UPSTREAM_URL: httpUrl('where the gateway reaches the public listener').register(settingWords, {
    meaning: 'Where the gateway reaches the public listener.',
    readBy: 'API',
  }),
  GATEWAY_SECRET: secret('what the gateway shows to /forward-auth', { weak }).register(settingWords, {
    meaning: 'What the gateway shows to the internal listener.',
    readBy: 'API',
    secret: true,
  }),
  UPSTREAM_SECRET: secret('what the gateway shows to /customer/*', { weak }).register(settingWords, {
    meaning: 'What the gateway shows to `/customer/*` on the public listener.',
    readBy: 'API',
    secret: true,
  }),
});
