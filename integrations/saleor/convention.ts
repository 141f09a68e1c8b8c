import { sessionKeyOf } from '../../platform/session-ids.ts';
import type { IntakeProblem, Policy } from '../../workflows/contract/session.ts';
import type { Instant, Millis, Provider, SessionKey } from '../../workflows/contract/values.ts';
import { isTimeZone, readInstant } from './instant.ts';
import { type Metadata, readPolicy } from './policy.ts';
import { Refusals, type RefusedValue } from './problems.ts';
import type { SaleorOrder } from './wire.ts';

type Line = SaleorOrder['lines'][number];
type Product = NonNullable<Line['variant']>['product'];
type Attributes = Product['attributes'];

export interface ConventionSettings {
  /** The shop's domain, part of each unit's identity. */
  readonly domain: string;
  /** Slugs of the product types whose lines are sessions. */
  readonly productTypes: readonly string[];
  readonly tenantTimeZone: string;
  /** When the order was taken in: a start before it is in the past. */
  readonly now: Instant;
  readonly defaults: ConventionDefaults;
}

export interface ConventionDefaults {
  readonly provider: Provider;
  /** The usual event type at each provider that is set up; a product that names another provider gets the default. */
  readonly eventTypes: Readonly<Partial<Record<Provider, string>>>;
}

/** One session that was sold: the n-th unit of a line. */
export interface UnitSold {
  readonly sessionKey: SessionKey;
  readonly lineId: string;
  /** From 0. */
  readonly unit: number;
  readonly productId: string | null;
  readonly variantId: string | null;
  readonly productName: string;
  readonly variantName: string;
  readonly provider: Provider;
  readonly eventType: string;
  readonly timeZone: string;
  /** What is behind the lock, or null: then the appointment's join URL. */
  readonly resource: string | null;
  readonly durationMs: Millis;
  /** Null when the client books later. */
  readonly startsAt: Instant | null;
  /** How many units the start is for, where it is the variant's own; null: any number, or no such start. */
  readonly capacity: number | null;
  /** Decimal text of one unit's gross price, and its currency. */
  readonly amount: string;
  readonly currency: string;
  readonly policy: Policy;
  readonly problems: readonly IntakeProblem[];
  /** The same problems with the refused texts. */
  readonly refused: readonly RefusedValue[];
}

const DEFAULT_DURATION_MINUTES = 60;
const MINUTE = 60_000;
const LONGEST_MINUTES = 31 * 24 * 60;

/** An order or a line has an id that is not one of Saleor's: its units would have no identity. */
export class MalformedSaleorId extends Error {
  override readonly name = 'MalformedSaleorId';
}

/**
 * The UUID inside one of Saleor's ids, which are base64 of `Order:<uuid>`.
 *
 * @throws {MalformedSaleorId} for a text of another shape.
 */
export function saleorUuid(id: string): string {
  const uuid = /^[A-Za-z]+:([0-9A-Za-z-]+)$/.exec(Buffer.from(id, 'base64').toString('latin1'))?.[1];
  if (uuid === undefined) throw new MalformedSaleorId('not an id of Saleor');
  return uuid;
}

function metadataOf(...sources: readonly (readonly { key: string; value: string }[])[]): Metadata {
  return (key) => {
    for (const source of sources) {
      const value = source.find((entry) => entry.key === key)?.value;
      if (value !== undefined && value.trim() !== '') return value;
    }
    return undefined;
  };
}

type AttributeValue = Attributes[number]['values'][number];

function attribute(attributes: Attributes, slug: string): AttributeValue | undefined {
  return attributes.find((one) => one.attribute.slug === slug)?.values[0];
}

const filled = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined || text.trim() === '' ? undefined : text;

/** A text attribute's words: Saleor puts them into `name`; `value` is for colours and files. */
const textOf = (value: AttributeValue | undefined): string | undefined =>
  filled(value?.name) ?? filled(value?.value);

/** What Saleor still tells of a line whose product was deleted: it is a session if it names its start. */
const namesStart = (line: Line): boolean => metadataOf(line.metadata)('session.start') !== undefined;

function isSession(line: Line, productTypes: readonly string[]): boolean {
  return line.variant ? productTypes.includes(line.variant.product.productType.slug) : namesStart(line);
}

/**
 * Lines that can be neither taken for a session nor for something else, since their product was deleted. A person
 * must look at them: one may be a session that was paid for.
 */
export function unclearLines(order: SaleorOrder): readonly string[] {
  return order.lines.filter((line) => !line.variant && !namesStart(line)).map((line) => line.id);
}

/** The order's sessions by the shop's convention, quantity n being n units. Pure. */
export function readOrder(order: SaleorOrder, settings: ConventionSettings): readonly UnitSold[] {
  const orderUuid = saleorUuid(order.id);
  return order.lines
    .filter((line) => isSession(line, settings.productTypes))
    .flatMap((line) => readLine(line, orderUuid, settings));
}

/** The keys of the order's sessions, whatever else is wrong with them. @throws {MalformedSaleorId} */
export function unitKeys(
  order: SaleorOrder,
  settings: Pick<ConventionSettings, 'domain' | 'productTypes'>,
): readonly SessionKey[] {
  const orderUuid = saleorUuid(order.id);
  return order.lines
    .filter((line) => isSession(line, settings.productTypes))
    .flatMap((line) => lineKeys(line, orderUuid, settings.domain));
}

function lineKeys(line: Line, orderUuid: string, saleorDomain: string): readonly SessionKey[] {
  const lineUuid = saleorUuid(line.id);
  return Array.from({ length: line.quantity }, (_, unit) =>
    sessionKeyOf({ saleorDomain, orderUuid, lineUuid, unit }),
  );
}

function readLine(line: Line, orderUuid: string, settings: ConventionSettings): readonly UnitSold[] {
  const refusals = new Refusals();
  const product = line.variant?.product;
  const ofProduct = metadataOf(product?.metadata ?? []);
  const ofLineOrProduct = metadataOf(line.metadata, line.variant?.metadata ?? [], product?.metadata ?? []);

  const timeZone = readTimeZone(ofLineOrProduct('session.timezone'), settings.tenantTimeZone, refusals);
  const durationMs = readDuration(attribute(product?.attributes ?? [], 'session-duration'), refusals);
  const startsAt = readStart(line, timeZone, settings.now, refusals);
  const sold = {
    lineId: line.id,
    productId: product?.id ?? null,
    variantId: line.variant?.id ?? null,
    productName: line.productName,
    variantName: line.variantName,
    ...readBookedAs(ofProduct, settings.defaults, refusals),
    timeZone,
    resource: readResource(line),
    durationMs,
    startsAt,
    capacity: startsAt !== null && hasFixedStart(line) ? readCapacity(line, refusals) : null,
    amount: line.unitPrice.amount,
    currency: line.unitPrice.currency,
    policy: readPolicy(ofProduct, refusals),
    problems: refusals.problems(),
    refused: refusals.refused,
  };
  return lineKeys(line, orderUuid, settings.domain).map((sessionKey, unit) => ({
    ...sold,
    unit,
    sessionKey,
  }));
}

/**
 * The purchase's own start (line metadata), else the variant's. A start that was given and cannot be used is not
 * replaced by the other one: the client books later, and an agent is told.
 */
function readStart(line: Line, timeZone: string, now: Instant, refusals: Refusals): Instant | null {
  const ofVariant = attribute(line.variant?.attributes ?? [], 'session-start');
  const given =
    metadataOf(line.metadata)('session.start') ?? filled(ofVariant?.dateTime) ?? filled(ofVariant?.name);
  if (given === undefined) return null;
  const startsAt = readInstant(given, timeZone);
  if (startsAt === undefined) return refusals.instead(null, 'session.start', given, 'not-an-instant');
  if (startsAt <= now) return refusals.instead(null, 'session.start', given, 'start-in-the-past');
  return startsAt;
}

/** The time comes with the variant, not with this purchase. */
const hasFixedStart = (line: Line): boolean => metadataOf(line.metadata)('session.start') === undefined;

/** The variant's attribute `session-capacity`, else the product's metadata `session.capacity`. */
function readCapacity(line: Line, refusals: Refusals): number | null {
  const given =
    textOf(attribute(line.variant?.attributes ?? [], 'session-capacity')) ??
    metadataOf(line.variant?.product.metadata ?? [])('session.capacity');
  if (given === undefined) return null;
  return /^[1-9]\d{0,5}$/.test(given.trim())
    ? Number(given.trim())
    : refusals.instead(null, 'session.capacity', given, 'not-a-number');
}

function readTimeZone(given: string | undefined, fallback: string, refusals: Refusals): string {
  if (given === undefined) return fallback;
  const name = given.trim();
  return isTimeZone(name) ? name : refusals.instead(fallback, 'session.timezone', given, 'not-allowed');
}

/** Minutes, a fraction allowed, so that a demonstration can sell seconds. */
function readDuration(value: AttributeValue | undefined, refusals: Refusals): Millis {
  const fallback = DEFAULT_DURATION_MINUTES * MINUTE;
  const given = textOf(value);
  if (given === undefined) return fallback;
  const minutes = /^\d{1,6}(?:\.\d{1,6})?$/.test(given.trim()) ? Number(given.trim()) : Number.NaN;
  if (!(minutes > 0 && minutes <= LONGEST_MINUTES))
    return refusals.instead(fallback, 'session-duration', given, 'not-a-number');
  return Math.max(1, Math.round(minutes * MINUTE));
}

function isProvider(name: string): name is Provider {
  return name === 'calendly' || name === 'calcom';
}

/** With whom it is booked, and as what. A provider that is not set up takes its event type along. */
function readBookedAs(
  ofProduct: Metadata,
  { provider: usual, eventTypes }: ConventionDefaults,
  refusals: Refusals,
): { readonly provider: Provider; readonly eventType: string } {
  const given = ofProduct('session.provider');
  const name = given?.trim() ?? usual;
  const eventType = isProvider(name) ? eventTypes[name] : undefined;
  if (!isProvider(name) || eventType === undefined) {
    const provider = refusals.instead(usual, 'session.provider', given ?? '', 'not-allowed');
    return { provider, eventType: eventTypes[provider] ?? '' };
  }
  return { provider: name, eventType: ofProduct('session.event-type')?.trim() ?? eventType };
}

/** Never from the line: whoever fills the cart writes there. */
function readResource(line: Line): string | null {
  const { variant } = line;
  return (
    textOf(attribute(variant?.attributes ?? [], 'session-resource')) ??
    textOf(attribute(variant?.product.attributes ?? [], 'session-resource')) ??
    metadataOf(variant?.metadata ?? [], variant?.product.metadata ?? [])('session.join-url') ??
    null
  );
}

/** `EN` or `PT_BR` as BCP 47 in lower case; English when Saleor does not say. */
export function languageOf(languageCode: string | null): string {
  return filled(languageCode)?.toLowerCase().replaceAll('_', '-') ?? 'en';
}
