import { type Html, html } from '../../platform/html.ts';
import { operatorListsWords } from '../pages/messages/operator-lists.ts';
import type { Visit } from './visit.ts';

/** A field of a form, as it is shown. `id` is its name unless two forms of a page have the same one. */
interface FieldOptions {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  /** What is wrong with what was typed. */
  readonly error?: string;
  readonly id?: string;
  readonly required?: boolean;
}

function described({ name, id = name, hint, error }: FieldOptions): {
  readonly attributes: Html;
  readonly below: Html;
} {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(
    (one) => one !== false,
  );
  return {
    attributes: html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${error !== undefined && html` aria-invalid="true"`}`,
    below: html`${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}${
      error !== undefined && html`<p class="error" id="${id}-error" role="alert">${error}</p>`
    }`,
  };
}

export function textField(
  options: FieldOptions & { readonly type?: 'text' | 'email' | 'url' | 'number' | 'datetime-local' },
): Html {
  const { name, label, value = '', id = name, type = 'text', required } = options;
  const { attributes, below } = described(options);
  return html`<div class="field"><label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${type}" value="${value}"${attributes}${required === true && html` required`}>${below}</div>`;
}

export function textArea(options: FieldOptions): Html {
  const { name, label, value = '', id = name } = options;
  const { attributes, below } = described(options);
  return html`<div class="field"><label for="${id}">${label}</label>
<textarea id="${id}" name="${name}" rows="4"${attributes}>${value}</textarea>${below}</div>`;
}

export function choiceField(
  options: FieldOptions & { readonly options: readonly (readonly [value: string, words: string])[] },
): Html {
  const { name, label, value = '', id = name } = options;
  const { attributes, below } = described(options);
  const shown = options.options.map(
    ([one, words]) => html`<option value="${one}"${one === value && html` selected`}>${words}</option>`,
  );
  return html`<div class="field"><label for="${id}">${label}</label>
<select id="${id}" name="${name}"${attributes}>${shown}</select>${below}</div>`;
}

/** A box to tick. */
export function tick(options: {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly ticked?: boolean;
}): Html {
  const { name, value, label, ticked } = options;
  return html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${ticked === true && html` checked`}> <span>${label}</span></label>`;
}

/** Why something is done; the audit keeps it. @param id of its own on each page that has several. */
export function reasonField({ language }: Pick<Visit, 'language'>, id: string, value?: string): Html {
  const words = operatorListsWords[language];
  return textField({
    name: 'reason',
    id,
    label: words.reason,
    hint: words.reasonHint,
    ...(value === undefined ? {} : { value }),
  });
}

/** What stands behind a fold: for what is seldom done, or cannot be undone. */
export const folded = (summary: string, body: Html, open = false): Html =>
  html`<details${open && html` open`}><summary>${summary}</summary>${body}</details>`;
