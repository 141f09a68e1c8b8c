import * as oidc from 'openid-client';

/** What a login came to that the provider, or the check of its answer, did not let through. */
export type ProviderRefusal = 'refused' | 'provider-unavailable';

/** The provider's own trouble (RFC 6749, section 4.1.2.1), or a client of ours that it does not know. */
const NOT_THE_PERSON = new Set([
  'server_error',
  'temporarily_unavailable',
  'invalid_client',
  'unauthorized_client',
]);

/** The answer came, and is not one to the login that we began. */
const NOT_OURS = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
]);

/** @param error what openid-client threw. What it is not known to be blamed for is the provider's. */
export function refusalOfProvider(error: unknown): ProviderRefusal {
  if (error instanceof oidc.AuthorizationResponseError)
    return NOT_THE_PERSON.has(error.error) ? 'provider-unavailable' : 'refused';
  if (error instanceof oidc.ResponseBodyError)
    return error.status >= 500 || NOT_THE_PERSON.has(error.error) ? 'provider-unavailable' : 'refused';
  if (error instanceof oidc.ClientError && error.code !== undefined && NOT_OURS.has(error.code))
    return 'refused';
  return 'provider-unavailable';
}

/** A word for the log: neither the provider's own text nor anything of the person. */
export function wordOf(error: unknown): string {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
    return /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'error';
  if (error instanceof oidc.ClientError) return error.code ?? 'unreachable';
  return 'unreachable';
}
