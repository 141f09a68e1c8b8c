import { isIP } from 'node:net';
import { z } from 'zod';
import { parseKeyRing, SHORTEST_KEY_BYTES, WELL_KNOWN_SECRET } from './keys.ts';
import { settingKinds } from './settings/words.ts';

/** A variable that is needed, with what it is for in the message of its absence. */
function needed(hint: string): { error: (issue: { input?: unknown }) => string | undefined } {
  return { error: (issue) => (issue.input === undefined ? `is not set: ${hint}` : undefined) };
}

/** A port; 0 takes any free one. */
export const port = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'is not a port (0 to 65535)')
    .transform(Number)
    .register(settingKinds, { kind: 'port' });

export const wholeNumber = (fallback: number, least: number, most: number) =>
  z
    .string()
    .default(String(fallback))
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `is not a whole number from ${least} to ${most}`,
    )
    .transform(Number)
    .register(settingKinds, { kind: `whole number, ${least} to ${most}` });

export const text = (hint: string) => z.string(needed(hint)).trim().min(1);

const parts = (value: string): string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform(parts)
    .refine((values) => values.length > 0, 'names nothing')
    .register(settingKinds, { kind: 'list' });

/** A switch; off unless it is `true`. */
export const flag = () =>
  z
    .enum(['true', 'false'], { error: 'is neither true nor false' })
    .default('false')
    .transform((value) => value === 'true')
    .register(settingKinds, { kind: '`true` or `false`' });

/** `https://shop.example.com/graphql/=1,…`: API URLs of shops and the tenant that each is of; none when it is not set. */
export const shops = () =>
  z
    .string()
    .default('')
    .transform((value) =>
      parts(value).map((one) => {
        const at = one.lastIndexOf('=');
        return { apiUrl: one.slice(0, Math.max(0, at)), tenant: one.slice(at + 1) };
      }),
    )
    .refine(
      (values) =>
        values.every(
          ({ apiUrl, tenant }) =>
            urlProblem(apiUrl, ['http:', 'https:']) === null && /^[1-9]\d{0,8}$/.test(tenant),
        ),
      'is not a list like https://shop.example.com/graphql/=1',
    )
    .refine((values) => {
      const hosts = values
        .filter(({ apiUrl }) => URL.canParse(apiUrl))
        .map(({ apiUrl }) => new URL(apiUrl).host);
      return new Set(hosts).size === hosts.length;
    }, 'names a shop twice')
    .transform((values) => values.map(({ apiUrl, tenant }) => ({ apiUrl, tenantId: Number(tenant) })))
    .register(settingKinds, { kind: 'list of URL=tenant' });

/** IP addresses or CIDRs, separated by commas; none when it is not set. */
export const addresses = () =>
  z
    .string()
    .default('')
    .transform(parts)
    .refine((values) => values.every(isAddress), 'is not a list of IP addresses or CIDRs')
    .register(settingKinds, { kind: 'list of addresses or CIDRs' });

/** Web origins, separated by commas; none when it is not set. */
export const origins = () =>
  z
    .string()
    .default('')
    .transform(parts)
    .refine(
      (values) => values.every((one) => URL.canParse(one) && new URL(one).origin === one),
      'is not a list of origins like https://www.example.com',
    )
    .register(settingKinds, { kind: 'list of origins' });

function isAddress(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function urlProblem(value: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(value)) return 'is not a URL';
  const url = new URL(value);
  if (!protocols.includes(url.protocol)) return `is not a URL of ${protocols.join(' or ')}//`;
  if (url.search !== '' || url.hash !== '') return 'may have neither a query nor a fragment';
  if (url.username !== '' || url.password !== '') return 'may not carry a user name or a password';
  return null;
}

function isLoopback(value: string): boolean {
  const host = new URL(value).hostname;
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * An address, without a slash at its end unless `exact`.
 *
 * @param options.https plain HTTP is refused, except on this machine: what clients send there are credentials.
 */
export const httpUrl = (hint: string, options: { exact?: boolean; https?: boolean } = {}) =>
  z
    .string(needed(hint))
    .trim()
    .superRefine((value, context) => {
      const problem = urlProblem(value, ['http:', 'https:']);
      if (problem) context.addIssue({ code: 'custom', message: problem });
      else if (options.https && value.startsWith('http:') && !isLoopback(value))
        context.addIssue({ code: 'custom', message: 'must begin with https:// outside development' });
    })
    .transform((value) => (options.exact ? value : value.replace(/\/+$/, '')))
    .register(settingKinds, { kind: options.https ? 'HTTPS URL' : 'URL' });

/** A PostgreSQL connection string; it may carry a password, so that nothing of it stands in a message. */
export const databaseUrl = (hint: string) =>
  z
    .string(needed(hint))
    .trim()
    .refine(
      (value) => URL.canParse(value) && ['postgres:', 'postgresql:'].includes(new URL(value).protocol),
      'is not a URL of postgresql://',
    )
    .register(settingKinds, { kind: 'postgresql:// URL' });

/** A shared secret that we choose. Development takes weak ones. */
export const secret = (hint: string, options: { weak: boolean }) =>
  z
    .string(needed(hint))
    .superRefine((value, context) => {
      if (value === '') context.addIssue({ code: 'custom', message: `is not set: ${hint}` });
      if (options.weak) return;
      if (value === WELL_KNOWN_SECRET)
        context.addIssue({ code: 'custom', message: 'is the published example; make one of your own' });
      else if (Buffer.byteLength(value) < SHORTEST_KEY_BYTES)
        context.addIssue({
          code: 'custom',
          message: `has ${Buffer.byteLength(value)} bytes; ${SHORTEST_KEY_BYTES} are the least`,
        });
    })
    .register(settingKinds, { kind: `text of ${SHORTEST_KEY_BYTES} bytes or more` });

/** `EUR:200,USD:250.50`: a decimal amount by currency; none when it is not set. Amounts stay text. */
export const amounts = () =>
  z
    .string()
    .default('')
    .transform(parts)
    .refine(
      (values) => values.every((one) => /^[A-Z]{3}:\d{1,12}(\.\d{1,4})?$/.test(one)),
      'is not a list of amounts like EUR:200,USD:250.50',
    )
    .refine(
      (values) => new Set(values.map((one) => one.slice(0, 3))).size === values.length,
      'names a currency twice',
    )
    .transform((values) => new Map(values.map((one) => [one.slice(0, 3), one.slice(4)] as const)))
    .register(settingKinds, { kind: 'list of amounts' });

/** `id:base64,…`, newest first. */
export const ring = (hint: string, options: { weak: boolean }) =>
  z
    .string(needed(hint))
    .transform((value, context) => {
      const parsed = parseKeyRing(value, options);
      if (parsed.ok) return parsed.ring;
      for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .register(settingKinds, { kind: 'ring of keys' });

const MAIL_ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;

export const mailAddress = (hint: string) =>
  text(hint)
    .refine((value) => MAIL_ADDRESS.test(value), 'is not an e-mail address')
    .register(settingKinds, { kind: 'e-mail address' });

/** None when it is not set. */
export const mailAddresses = () =>
  z
    .string()
    .default('')
    .transform(parts)
    .refine(
      (values) => values.every((value) => MAIL_ADDRESS.test(value)),
      'is not a list of e-mail addresses',
    )
    .register(settingKinds, { kind: 'list of e-mail addresses' });

export const smtpUrl = () =>
  z
    .string()
    .refine((value) => URL.canParse(value) && ['smtp:', 'smtps:'].includes(new URL(value).protocol), {
      error: 'is not a URL like smtps://user:password@mail.example.com',
    })
    .register(settingKinds, { kind: 'smtp or smtps URL' });
