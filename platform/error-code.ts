/**
 * The `code` of a system error, such as `ENOENT`. Looks at the property alone: an error of another realm, as those
 * of Node's own modules are in tests, is no `instanceof Error`.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
