import { type Html, html } from '../../platform/html.ts';
import { randomId } from '../../platform/random-id.ts';
import { sameSecret } from '../../platform/secrets.ts';
import type { Operator } from './operator-session.ts';
import type { SentForm, Visit } from './visit.ts';

/** The session's own secret: no page of anybody else's can know it. */
export const FORM_TOKEN = 'form_token';
/** The idempotency key. */
export const FORM_KEY = 'form_key';
const LONGEST_KEY = 200;

/** What every form of an operator's page has in it. @param key of a form that is shown again. */
export function frameFields(operator: Operator, key: string = randomId()): Html {
  return html`<input type="hidden" name="${FORM_TOKEN}" value="${operator.formToken}"><input type="hidden" name="${FORM_KEY}" value="${key}">`;
}

/**
 * A form that is sent to a page of ours. A double click acts once: its key goes to the API as the idempotency key.
 *
 * @param to the page's path.
 */
export function form(visit: Pick<Visit, 'operator'>, to: string, body: Html, key?: string): Html {
  return html`<form method="post" action="${to}">${frameFields(visit.operator, key)}
${body}
</form>`;
}

/** The fields of a body that was sent, repeated names as their last value. */
export function fieldsOf(body: unknown): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  if (typeof body !== 'object' || body === null) return fields;
  for (const [name, value] of Object.entries(body)) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === 'string') fields[name] = last;
  }
  return fields;
}

export const isOfSession = (fields: Readonly<Record<string, string>>, operator: Operator): boolean =>
  sameSecret(fields[FORM_TOKEN], operator.formToken);

export function sentForm(all: Readonly<Record<string, string>>): SentForm {
  const { [FORM_TOKEN]: _, [FORM_KEY]: key = '', ...fields } = all;
  return {
    fields,
    text: (name) => fields[name]?.trim() ?? '',
    key: /^[\x21-\x7e]+$/.test(key) && key.length <= LONGEST_KEY ? key : randomId(),
  };
}

/** The same fields, to be sent once more. */
export function hiddenFields(fields: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}
