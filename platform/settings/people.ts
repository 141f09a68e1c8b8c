import { httpUrl, ring, text } from '../config-values.ts';
import { settingWords } from './words.ts';

export const peopleSettings = (weak: boolean) => ({
  AUTH_ISSUER: httpUrl('the OpenID Connect issuer of bearer tokens', { exact: true, https: !weak })
    .optional()
    .register(settingWords, {
      meaning: 'The OpenID Connect issuer of bearer tokens of operators, tenants and services.',
      readBy: 'API',
      neededWhen: 'without `AUTH_KEYS`',
    }),
  AUTH_AUDIENCE: text('the audience that bearer tokens are for').default('latchkey').register(settingWords, {
    meaning: 'The audience that they are for.',
    readBy: 'API',
  }),
  AUTH_KEYS: ring('the keys of our own bearer tokens, as id:base64,…', { weak })
    .optional()
    .register(settingWords, {
      meaning: 'Keys of our own for bearer tokens: those of `npm run token`.',
      readBy: 'API',
      secret: true,
      neededWhen: 'without `AUTH_ISSUER`',
    }),
  ADMIN_OIDC_CLIENT_ID: text('our client id at AUTH_ISSUER for operators')
    .optional()
    .register(settingWords, {
      meaning:
        'Our client at `AUTH_ISSUER`, for operators who sign in to `/admin` with their account there. Our redirect URI ' +
        'there is `PUBLIC_URL/admin/sign-in/callback`.',
      readBy: 'API',
      otherwise: 'with a bearer token alone',
    }),
  ADMIN_OIDC_CLIENT_SECRET: text('our client secret at AUTH_ISSUER for operators')
    .optional()
    .register(settingWords, {
      meaning: 'That client’s secret.',
      readBy: 'API',
      secret: true,
      neededWhen: 'with `ADMIN_OIDC_CLIENT_ID`',
    }),
  OIDC_ISSUER: httpUrl('the OpenID Connect issuer that clients log in with', { exact: true, https: !weak })
    .optional()
    .register(settingWords, {
      meaning:
        'An OpenID Connect issuer that clients may log in with. Our redirect URI there is ' +
        '`GATEWAY_URL/customer/login/oidc/callback`.',
      readBy: 'API',
      otherwise: 'by e-mail and code alone',
    }),
  OIDC_CLIENT_ID: text('our client id at OIDC_ISSUER').optional().register(settingWords, {
    meaning: 'Our client id there.',
    readBy: 'API',
    neededWhen: 'with `OIDC_ISSUER`',
  }),
  OIDC_CLIENT_SECRET: text('our client secret at OIDC_ISSUER').optional().register(settingWords, {
    meaning: 'Our client secret there.',
    readBy: 'API',
    secret: true,
    neededWhen: 'with `OIDC_ISSUER`',
  }),
});
