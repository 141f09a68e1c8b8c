import { z } from 'zod';
import { httpUrl, port } from '../config-values.ts';
import { settingWords } from './words.ts';

export const environmentName = () =>
  z
    .enum(['production', 'development'], { error: 'is neither production nor development' })
    .default('production')
    .register(settingWords, {
      meaning:
        'In production a missing setting is an error. In development a vendor that is not set has a sandbox twin, ' +
        'and weak keys pass. `npm start` and `npm run demo` set `development`.',
      readBy: 'API and worker',
    });

export const listenerPorts = () => ({
  PORT: port(3000).register(settingWords, {
    meaning: 'The public listener: webhooks, booking, pages of clients, admin API, documentation.',
    readBy: 'API',
  }),
  INTERNAL_PORT: port(3001).register(settingWords, {
    meaning: 'The internal listener: forward-auth, events of the gateway, health and metrics.',
    readBy: 'API',
  }),
});

export const listenerSettings = (weak: boolean) => ({
  LATCHKEY_ENV: environmentName(),
  ...listenerPorts(),
  INTERNAL_HOST: z.string().default('127.0.0.1').register(settingWords, {
    meaning: 'The address that the internal listener listens at. `0.0.0.0` where the gateway is elsewhere.',
    readBy: 'API',
  }),
  PUBLIC_URL: httpUrl('where the outside reaches this API', { https: !weak }).register(settingWords, {
    meaning: 'Where vendors and tenants reach the public listener. HTTPS in production.',
    readBy: 'API and worker',
  }),
});
