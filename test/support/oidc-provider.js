// A real OpenID Connect provider with two accounts, as a process of its own: it must not share the tests' globals.
// Prints its address as one line of JSON. Arguments: one JSON object
// {port, clientId, clientSecret, redirectUri, emailIn: 'id-token' | 'userinfo', secretBy: 'header' | 'body'}.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const options = JSON.parse(process.argv[2]);
const accounts = {
  ada: { email: 'ada@example.com', email_verified: true, tenant_id: 1, user_id: 7, role: 'admin' },
  eve: { email: 'eve@example.com', email_verified: false, tenant_id: 1, role: 'tenant' },
  una: { email: 'una@example.com' },
  ned: { email_verified: true },
};

const key = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: 'k1',
  alg: 'RS256',
  use: 'sig',
};
const authMethod = options.secretBy === 'body' ? 'client_secret_post' : 'client_secret_basic';

let provider;
/** Shows no form: whoever comes says in the query as whom, or that they changed their mind. */
async function interact(request, response) {
  const as = new URL(request.url, 'http://localhost').searchParams.get('as');
  const result = accounts[as]
    ? { login: { accountId: as } }
    : { error: 'access_denied', error_description: 'changed their mind' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

let handle;
const server = createServer((request, response) => {
  const done = request.url.startsWith('/interaction/')
    ? interact(request, response)
    : handle(request, response);
  Promise.resolve(done).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(options.port, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [options.redirectUri],
        token_endpoint_auth_method: authMethod,
      },
    ],
    clientAuthMethods: [authMethod],
    jwks: { keys: [key] },
    cookies: { keys: ['tests only'] },
    claims: { openid: ['sub', 'tenant_id', 'user_id', 'role'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: options.emailIn === 'userinfo',
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    // Nobody is asked for consent.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  handle = provider.callback();
  console.log(JSON.stringify({ issuer }));
});
process.on('disconnect', () => process.exit());
