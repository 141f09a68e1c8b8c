import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function issuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
  return { kid, alg, ...pair, jwk };
}

/** The two documents by which an OpenID Connect issuer publishes its keys; what it answers can be changed. */
export interface IssuerServer {
  readonly url: string;
  keys: readonly IssuerKey[];
  /** Instead of 200. */
  failing: number | null;
  /** Instead of its own address. */
  claimedIssuer: string | null;
  /** Instead of `/jwks` of its own. */
  claimedJwksUri: string | null;
  /** The paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startIssuer(keys: readonly IssuerKey[]): Promise<IssuerServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const documents: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': {
        issuer: issuer.claimedIssuer ?? issuer.url,
        jwks_uri: issuer.claimedJwksUri ?? `${issuer.url}/jwks`,
      },
      '/jwks': { keys: issuer.keys.map(({ jwk }) => jwk) },
    };
    const document = documents[path];
    const status = issuer.failing ?? (document === undefined ? 404 : 200);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(document ?? null));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer: IssuerServer = {
    url: `http://127.0.0.1:${port}`,
    keys,
    failing: null,
    claimedIssuer: null,
    claimedJwksUri: null,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}
