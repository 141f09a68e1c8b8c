import { z } from 'zod';
import { type Html, html } from '../../platform/html.ts';
import { formatAmount, isDecimalText, parseAmount } from './amounts.ts';
import { catalog, type CatalogProduct, lineOf, policyInWords, policyOf } from './twin-catalog.ts';
import type { SoldOrder, TwinOrder } from './twin-orders.ts';

const optional = <T extends z.ZodType>(schema: T) => schema.optional();
const metadataSchema = z.record(z.string(), z.string());

/** What `POST /sandbox/pay` takes as JSON. */
const soldOrderSchema = z.strictObject({
  email: z.string().min(3),
  firstName: z.string(),
  lastName: z.string(),
  language: optional(z.string()),
  lines: z
    .array(
      z.strictObject({
        productId: optional(z.string()),
        productName: z.string().min(1),
        quantity: z.number().int().min(1).max(100),
        start: optional(z.string()),
        productMetadata: optional(metadataSchema),
        variantMetadata: optional(metadataSchema),
        unitAmount: optional(z.string().refine(isDecimalText)),
        durationMinutes: optional(z.number().positive()),
        resource: optional(z.string()),
        fixedStart: optional(z.iso.datetime({ offset: true })),
        variantId: optional(z.string()),
        productType: optional(z.string()),
      }),
    )
    .min(1),
});

/** Drops members that are undefined, which optional properties may not be. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

/** Undefined when the body is not an order. */
export function readSoldOrder(value: unknown): SoldOrder | undefined {
  const parsed = soldOrderSchema.safeParse(value);
  if (!parsed.success) return undefined;
  return { ...defined(parsed.data), lines: parsed.data.lines.map(defined) };
}

/** `key=value` lines of the form's text area. */
function readPairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split('='))
      .filter(([key, ...rest]) => key?.trim() && rest.length > 0)
      .map(([key = '', ...rest]) => [key.trim(), rest.join('=').trim()]),
  );
}

/** The page's form as the JSON that `POST /sandbox/pay` takes. */
export function orderOfForm(form: URLSearchParams, now: number): unknown {
  const text = (name: string): string => form.get(name)?.trim() ?? '';
  const filled = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  const quantity = Number(text('quantity') || '1');
  const line = lineOf(text('product'), quantity, now) ?? {
    productName: text('productName'),
    quantity,
    durationMinutes: Number(text('durationMinutes') || '60'),
    ...filled('start'),
    ...filled('resource'),
    productMetadata: readPairs(text('productMetadata')),
  };
  return {
    email: text('email'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    ...filled('language'),
    lines: [line],
  };
}

const OWN = 'own';

function productChoice({ key, name, about, metadata, durationMinutes }: CatalogProduct, at: number): Html {
  return html`<label class="choice"><input type="radio" name="product" value="${key}"${at === 0 && html` checked`}>
<span><strong>${name}</strong>, ${durationMinutes} minutes. ${about}
<span class="hint">${policyInWords(policyOf(metadata)).join(' ')}</span></span></label>`;
}

/** Saleor's "install app from manifest", and its opposite. */
const installForm = html`<form method="post" action="/sandbox/install"><fieldset><legend>Install an app from its manifest</legend>
<label>Address of the manifest<input name="manifestUrl" type="url" required placeholder="http://127.0.0.1:3000/saleor/manifest"></label>
<button>Install</button></fieldset></form>
<div class="acts"><form method="post" action="/sandbox/uninstall"><button class="quiet">Delete the app</button></form>
<form method="post" action="/sandbox/rotate-key"><button class="quiet">Rotate the signing key</button></form></div>`;

const payForm = html`<form method="post" action="/sandbox/pay">
<fieldset><legend>1. What is bought</legend>
${catalog.map(productChoice)}
<label class="choice"><input type="radio" name="product" value="${OWN}"><span><strong>Something of your own</strong>
<span class="hint">as entered below</span></span></label>
<details><summary>Something of your own</summary><div class="fields">
<label>Product<input name="productName" value="Private lesson"></label>
<label>Minutes<input name="durationMinutes" type="number" min="1" value="60"></label>
<label>Start, empty to book later<input name="start" placeholder="2026-12-01T10:00:00Z"></label>
<label>What is behind the lock, as an address<input name="resource" placeholder="https://meet.example.com/room"></label></div>
<label>Metadata of the product, a line each as key=value<textarea name="productMetadata" rows="4">session.cutoff=PT24H</textarea></label></details>
<label>How many<input name="quantity" type="number" min="1" max="100" value="1"></label></fieldset>
<fieldset><legend>2. Who buys it</legend><div class="fields">
<label>E-mail<input name="email" type="email" required value="ada.client@example.com" autocomplete="off"></label>
<label>First name<input name="firstName" value="Ada" autocomplete="off"></label>
<label>Last name<input name="lastName" value="Client" autocomplete="off"></label>
<label>Language of the order<select name="language"><option value="EN">English</option><option value="DE">German</option></select></label></div></fieldset>
<p><button>Pay</button></p></form>`;

const amountOf = (gross: { readonly amount: string; readonly currency: string }): string =>
  `${formatAmount(parseAmount(gross.amount))} ${gross.currency}`;

function actForm(number: string, act: string, label: string): Html {
  return html`<form method="post" action="/sandbox/order"><input type="hidden" name="number" value="${number}">
<button class="quiet" name="do" value="${act}" aria-label="${label}, order ${number}">${label}</button></form>`;
}

/** An order with what Latchkey wrote back to it, and what the shop can do with it. */
function orderBox({ body, grants, fulfilled }: TwinOrder): Html {
  const told = [...body.privateMetadata, ...body.metadata].filter(({ value }) => value !== '');
  const isCancelled = body.status === 'CANCELED';
  return html`<article class="box" id="order-${body.number}"><h3>Order ${body.number}: ${body.lines.map((line) => `${line.quantity} × ${line.productName}`).join(', ')}</h3>
<p><span class="state">${body.status.toLowerCase().replaceAll('_', ' ')}</span><span class="state">charged: ${body.chargeStatus.toLowerCase()}</span></p>
<dl><dt>Client</dt><dd>${body.userEmail}, ${body.languageCodeEnum}</dd>
<dt>Total</dt><dd>${amountOf(body.total.gross)}</dd>
${body.lines.map((line) => html`<dt>Fulfilled</dt><dd>${fulfilled.get(line.id) ?? 0} of ${line.quantity} × ${line.productName}</dd>`)}
${grants.map((grant) => html`<dt>Refund</dt><dd>${amountOf(grant.amount)}, ${grant.status.toLowerCase()}: <code>${grant.reason}</code></dd>`)}
${told.map(({ key, value }) => html`<dt>Latchkey wrote</dt><dd><code>${key}</code> = ${value}</dd>`)}</dl>
<div class="acts">${!isCancelled && actForm(body.number, 'cancel', 'Cancel')}${!isCancelled && actForm(body.number, 'refund', 'Refund all')}${actForm(body.number, 'resend', 'Send its webhook again')}</div></article>`;
}

/** The twin's page: pay, the orders, and what an administrator of the shop does. */
export function shopView(orders: readonly TwinOrder[]): string {
  const boxes = orders.map(orderBox).toReversed();
  return html`<p>Pay for a session here, as a client does in the shop. Then look at its ticket in Zammad: there is the mail with the
link.</p>
<h2>Pay for a session</h2>${payForm}
<h2>Orders (${orders.length})</h2>
${boxes.length === 0 ? html`<p class="hint">Nothing was bought yet.</p>` : boxes}
<details><summary>As an administrator of the shop</summary>${installForm}</details>`.text;
}
