import { ENCRYPTED, KEY_ID } from '../../platform/payload-codec/cipher.ts';

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

/** The ids of the keys that payloads anywhere inside `value` are encrypted with. They stand beside them in clear. */
export function keyIdsIn(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return found;
  const metadata: unknown = 'metadata' in value ? value.metadata : undefined;
  if (typeof metadata === 'object' && metadata !== null) {
    const named = new Map(Object.entries(metadata));
    if (textOf(named.get('encoding')) === ENCRYPTED) found.add(textOf(named.get(KEY_ID)));
  }
  for (const part of Object.values(value)) keyIdsIn(part, found);
  return found;
}
