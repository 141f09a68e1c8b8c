/** What must stand nowhere, by a name that may be told. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

const base64Of = (value: string): string => Buffer.from(value).toString('base64').replaceAll('=', '');

/** Text as it also travels: percent-encoded, in base64, and of a signed token each part alone. */
function formsOf({ value }: Secret): readonly RegExp[] {
  // Six digits stand by chance inside longer numbers.
  if (/^\d+$/.test(value)) return [new RegExp(`(?<![\\dA-Za-z])${value}(?![\\dA-Za-z])`)];
  const parts = value.startsWith('eyJ') ? value.split('.').slice(1) : [];
  const texts = [value, encodeURIComponent(value), base64Of(value), ...parts];
  return [...new Set(texts)].map((text) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'));
}

/** The names of the secrets that stand in a text, in any of their forms. */
export function secretsIn(text: string, secrets: readonly Secret[]): readonly string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => form.test(text))).map(({ name }) => name);
}

/**
 * Everything in a value as one text, bytes read as the text that they hold. `JSON.stringify` alone would show a
 * payload's bytes as a list of numbers, in which nothing is ever found.
 */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${key}: ${textOf(one)}`)
      .join('\n');
  return String(value);
}
