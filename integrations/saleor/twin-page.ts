import { z } from 'zod';
import { isDecimalText } from './amounts.ts';
import type { SoldOrder } from './twin-orders.ts';

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
export function orderOfForm(form: URLSearchParams): unknown {
  const text = (name: string): string => form.get(name)?.trim() ?? '';
  const filled = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  return {
    email: text('email'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    lines: [
      {
        productName: text('productName'),
        quantity: Number(text('quantity') || '1'),
        durationMinutes: Number(text('durationMinutes') || '60'),
        ...filled('start'),
        ...filled('resource'),
        productMetadata: readPairs(text('productMetadata')),
      },
    ],
  };
}

/** Saleor's "install app from manifest", and its opposite. */
export const installForm = `<form method="post" action="/sandbox/install"><fieldset><legend>Install an app from its manifest</legend>
<label>Manifest <input name="manifestUrl" type="url" required size="50" placeholder="http://127.0.0.1:3000/saleor/manifest"></label>
<button>Install</button></fieldset></form>
<form method="post" action="/sandbox/uninstall"><button>Delete the app</button></form>`;

/** The form above the twin's tables. */
export const payForm = `<form method="post" action="/sandbox/pay"><fieldset><legend>Pay for a session</legend>
<p><label>E-mail <input name="email" type="email" required value="ada.client@example.com"></label>
<label>First name <input name="firstName" value="Ada"></label>
<label>Last name <input name="lastName" value="Client"></label></p>
<p><label>Product <input name="productName" required value="Consulting session"></label>
<label>Quantity <input name="quantity" type="number" min="1" value="1"></label>
<label>Minutes <input name="durationMinutes" type="number" min="1" value="60"></label></p>
<p><label>Start, empty to book later <input name="start" placeholder="2026-12-01T10:00:00Z"></label>
<label>What is behind the lock <input name="resource"></label></p>
<p><label>Product metadata, key=value <br><textarea name="productMetadata" rows="4" cols="50">session.cutoff=PT24H</textarea></label></p>
<button>Pay</button></fieldset></form>
<form method="post" action="/sandbox/order"><fieldset><legend>An order that was paid</legend>
<label>Number <input name="number" required></label>
<button name="do" value="cancel">Cancel</button> <button name="do" value="refund">Refund all</button>
<button name="do" value="resend">Send its webhook again</button></fieldset></form>
<form method="post" action="/sandbox/rotate-key"><button>Rotate the signing key</button></form>`;
