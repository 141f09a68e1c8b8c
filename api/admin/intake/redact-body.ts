import type { InboxRow } from '../../../db/tables.ts';
import { REDACTED } from '../../../platform/redaction.ts';
import type { Referred } from '../../intake/referred.ts';
import {
  calcomHarmless,
  calendlyHarmless,
  type Harmless,
  saleorHarmless,
  zammadHarmless,
} from './harmless.ts';

export type RedactedJson =
  | string
  | number
  | boolean
  | null
  | readonly RedactedJson[]
  | { readonly [field: string]: RedactedJson };

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A vendor's name for a field, and nobody's words: shown, so that one sees what a body has. */
const isFieldName = (name: string): boolean => /^_{0,2}[a-z][A-Za-z0-9_]{0,39}$/.test(name);

/**
 * The same value with everything but what is harmless replaced by `[redacted]`. Null stays: that something is not
 * there tells nothing of anybody.
 */
export function redact(value: unknown, harmless: Harmless | undefined): RedactedJson {
  if (value === null) return null;
  switch (harmless?.kind) {
    case 'value':
      return harmless.show(value) ?? REDACTED;
    case 'items':
      return Array.isArray(value) ? value.map((one) => redact(one, harmless.item)) : REDACTED;
    case 'fields':
      if (!isObject(value)) return REDACTED;
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) =>
          isFieldName(name) ? [name, redact(one, harmless.fields.get(name))] : [REDACTED, REDACTED],
        ),
      );
    case undefined:
      return REDACTED;
  }
}

/** A stored body as an operator may see it. Null: it is not JSON. */
export function redactBody(row: Pick<InboxRow, 'source' | 'body'>, referred: Referred): RedactedJson {
  let value: unknown;
  try {
    value = JSON.parse(row.body.toString('utf8'));
  } catch {
    return null;
  }
  switch (row.source) {
    case 'saleor':
      return redact(value, saleorHarmless);
    case 'calendly':
      return redact(value, calendlyHarmless(referred));
    case 'calcom':
      return redact(value, calcomHarmless(referred));
    case 'zammad':
      return redact(value, zammadHarmless);
  }
}
