import type { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import type { Role } from '../auth/caller.ts';
import type { LimitName } from '../limits/limits.ts';
import type { Family } from './family.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The chapters of the documentation. `booking-templates` is named by the Booking Link API's document. */
export type Tag =
  | 'booking-templates'
  | 'booking'
  | 'admin-booking'
  | 'sessions'
  | 'intake'
  | 'webhooks'
  | 'catalog'
  | 'privacy'
  | 'audit'
  | 'views'
  | 'installation'
  | 'vendors'
  | 'documentation';

/** Who may call. */
export type Access =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'bearer'; readonly roles: readonly Role[] }
  /** The handler verifies the vendor's signature over the raw body. */
  | { readonly kind: 'signature'; readonly header: string }
  /** Either of the two; whoever adds the operation verifies the signature. */
  | { readonly kind: 'bearer-or-signature'; readonly roles: readonly Role[]; readonly header: string };

/** One successful answer. Refusals are not listed here: they follow from `refusals` and the family. */
export interface Answer {
  readonly description: string;
  /** Of a JSON body; without it the answer has none. */
  readonly body?: z.ZodType;
  readonly example?: unknown;
  /** Bodies of other types that may be asked for, e.g. `text/csv`. */
  readonly otherTypes?: readonly string[];
  /** Name and description of each header of its own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Everything about one endpoint but what it does: the schemas that check its requests, and the words that document
 * them. The route is mounted from it, and so is the documentation made from it; neither can say what the other does
 * not.
 */
export interface Operation<Params = undefined, Query = undefined, Headers = undefined, Body = undefined> {
  /** In the documentation, and the name of the method of the generated client. */
  readonly id: string;
  readonly method: Method;
  /** As OpenAPI writes it: `/api/v1/public/booking/{id}`. */
  readonly path: `/${string}`;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly family: Family;
  readonly access: Access;
  /** Charged one after the other, after the bearer check. */
  readonly limits?: readonly LimitName[];
  /** What does not fit is answered 404: there is nothing of that name. */
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  /** By lower-case name. */
  readonly headers?: z.ZodObject & z.ZodType<Headers>;
  readonly body?: z.ZodType<Body>;
  readonly bodyExample?: unknown;
  /** @default application/json */
  readonly bodyType?: 'application/json' | 'raw';
  /** @default 100kb */
  readonly bodyLimit?: string;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /**
   * Failures it answers with of its own. Left out: those that follow from the rest (400, 401, 403, 404 for `params`,
   * 413, 415, 429, 500, 503).
   */
  readonly refusals: readonly FailureCode[];
}

/** An operation whatever its schemas: what documentation and mounting look at. */
export type AnyOperation = Omit<Operation, 'params' | 'query' | 'headers' | 'body'> & {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
};

/** Takes the types of the schemas from the schemas. */
export function describeOperation<
  Params = undefined,
  Query = undefined,
  Headers = undefined,
  Body = undefined,
>(operation: Operation<Params, Query, Headers, Body>): Operation<Params, Query, Headers, Body> {
  return operation;
}
