import type { Payload } from '@temporalio/common';
import { ENCRYPTED } from '../../platform/payload-codec/cipher.ts';
import { isSecretKey } from '../../platform/redaction.ts';
import { TRACE_HEADER } from '../../workflows/contract/trace.ts';
import { testPayloadCipher } from './payload-keys.ts';
import type { History } from './replay.ts';
import { type Secret, secretsIn } from './secrets-in.ts';

const read = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

const isPayload = (value: object): value is Payload =>
  'metadata' in value &&
  typeof value.metadata === 'object' &&
  value.metadata !== null &&
  'encoding' in value.metadata;

/** Where each payload stands in a history, and what may take its place. */
function mapPayloads(value: unknown, map: (payload: Payload, path: string) => unknown, path = ''): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (isPayload(value)) return map(value, path);
  if (Array.isArray(value)) return value.map((one, index) => mapPayloads(one, map, `${path}.${index}`));
  // Numbers of 64 bits, and other objects that are no messages.
  if (typeof (value as { toNumber?: unknown }).toNumber === 'function') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      mapPayloads(one, map, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

/** A history of this test run with every payload decrypted. */
export function decoded<Value extends object>(history: Value): Value {
  return mapPayloads(history, (payload) => testPayloadCipher.open(payload)) as Value;
}

/** What the server and the SDK's core write by themselves: search attributes, the marker of a patch. */
const CLEAR_BY_DESIGN =
  /\.(searchAttributes\.indexedFields\.\w+|markerRecordedEventAttributes\.details\.patch-data\.payloads\.\d+)$/;

/** What the server writes of an activity that it cancelled before a worker took it. */
const isWordOfTheServer = ({ data }: Payload, path: string): boolean =>
  path.endsWith('.activityTaskCanceledEventAttributes.details.payloads.0') &&
  read(data) === '"ACTIVITY_ID_NOT_STARTED"';

/** Which span a message came of: ids, and the instant. */
const isTrace = ({ data }: Payload, path: string): boolean =>
  path.endsWith(`.header.fields.${TRACE_HEADER}`) &&
  /^\{"traceparent":"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]","at":\d{13}\}$/.test(read(data));

/** The places of payloads that anybody who may read the history can read. */
export function clearPayloadsOf(history: History): readonly string[] {
  const places: string[] = [];
  mapPayloads(history, (payload, path) => {
    const clear = read(payload.metadata?.['encoding']) !== ENCRYPTED;
    const known = CLEAR_BY_DESIGN.test(path) || isWordOfTheServer(payload, path) || isTrace(payload, path);
    if (clear && !known) places.push(path);
    return payload;
  });
  return places;
}

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['an e-mail address', /[\w.+-]+(?:@|%40)(?:[a-z0-9-]+\.)+[a-z]{2,}/i],
  ['a signed token', /\beyJ[\w-]{8,}\.[\w-]{8,}/],
  ['a credential', /\b(?:Bearer|Basic)\s+[\w~+/.=-]{12,}/i],
  ['a phone number', /(?<![\w.-])\+\d[\d ()/-]{6,}\d/],
  // Calendly's ids of appointments are addresses, and operators are led to where they must sign in, by ids alone; each
  // other one leads somewhere, or lets somebody in.
  [
    'a link',
    /\bhttps?:\/\/(?![\w.:-]+\/(?:scheduled_events\/[\w/-]+|admin\/sessions\/[\w-]+|#ticket\/zoom\/number\/\d+|dashboard\/orders\/[\w%=-]+)(?:["\s\\):]|$))/i,
  ],
  // Ids are random letters and digits, and hold a currency's now and then.
  [
    'an amount of money',
    /(?<![\w-])\d+[.,]\d{2} ?(?:EUR|USD|GBP|CHF|€|\$)|(?<![\w-])(?:EUR|USD|GBP|CHF) ?\d+(?:[.,]\d+)?(?![\w-])|[€$] ?\d/,
  ],
];

/** Names of fields that hold a person, money or a way in; ids, codes, numbers and instants have others. */
const PERSONAL_FIELD =
  /^(?:(?:first|last|full|client|customer|invitee|guest|visitor|host|user)_?name|name|phone(?:_?number)?|(?:street|postal|billing)?_?address|amount|price|currency|url|uri|[a-z]*_?(?:url|link_?url)|answers?|subject|body|comment|free_?text)$/i;

/** Places for operators, by id: who opens one signs in there. They stand in the details that a run is started with. */
const PLACES_OF_OPERATORS =
  /\]\(https?:\/\/[\w.:-]+\/(?:admin\/sessions\/[\w-]{22}|#ticket\/zoom\/number\/\d+|dashboard\/orders\/[\w%=]+)\)/g;

/** Each text of a history with its place, bytes read as the text that they hold. */
function textsOf(value: unknown, place = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') {
    // Who wrote an event: the SDK's `process id@machine`.
    return [[place, place.endsWith('.identity') ? value.replace(/^(worker-)?\d+@.*$/, '') : value]];
  }
  if (value instanceof Uint8Array) {
    const text = read(value);
    return [
      [place, place.endsWith('userMetadata.details.data') ? text.replace(PLACES_OF_OPERATORS, ']') : text],
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsOf(one, place === '' ? key : `${place}.${key}`));
}

function personalFieldsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(personalFieldsOf);
  return Object.entries(value).flatMap(([key, one]) => {
    const telling = one !== null && one !== '' && typeof one !== 'boolean';
    const own = telling && (PERSONAL_FIELD.test(key) || isSecretKey(key)) ? [`the field ${key}`] : [];
    return [...own, ...personalFieldsOf(one)];
  });
}

function jsonIn(payload: Payload): unknown {
  if (!read(payload.metadata?.['encoding']).startsWith('json/')) return undefined;
  return JSON.parse(read(payload.data)) as unknown;
}

/**
 * What a history says about a person, money or a way in, its payloads decrypted: by the look of the texts, by the
 * names of the fields, and by what is known of the story.
 *
 * @returns a sentence each, without the value itself. Empty: the history holds ids, codes and instants only.
 */
export function personalDataOf(history: History, known: readonly Secret[] = []): readonly string[] {
  const clear = decoded(history);
  const problems = new Set<string>();
  for (const [place, text] of textsOf(clear)) {
    for (const [what, pattern] of PATTERNS) if (pattern.test(text)) problems.add(`${what} in ${place}`);
    for (const what of secretsIn(text, known)) problems.add(`${what} in ${place}`);
  }
  mapPayloads(clear, (payload, place) => {
    for (const field of personalFieldsOf(jsonIn(payload))) problems.add(`${field} in ${place}`);
    return payload;
  });
  return [...problems];
}

/**
 * That a history is encrypted, and holds ids alone even when it is not.
 *
 * @throws with what it holds.
 */
export function checkPrivacy(run: { readonly workflowId: string; readonly history: History }): void {
  const problems = [
    ...clearPayloadsOf(run.history).map((place) => `${place} is not encrypted`),
    ...personalDataOf(run.history).map((what) => `it holds ${what}`),
  ];
  if (problems.length > 0) throw new Error(`${run.workflowId}: ${problems.join('; ')}`);
}
