import type { Request, Response } from 'express';
import type { LatchkeyClient } from '../../integrations/latchkey/client.ts';
import type { Html } from '../../platform/html.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Reader } from '../pages/language-choice.ts';
import type { Language } from '../../platform/language.ts';
import type { PageNeeds } from '../pages/layout.ts';
import type { InsideFetch } from './inside.ts';
import type { Operator } from './operator-session.ts';
import type { Told } from './told.ts';

/** The places of the navigation. */
export type Place =
  | 'overview'
  | 'sessions'
  | 'bookings'
  | 'inbox'
  | 'health'
  | 'schedules'
  | 'webhooks'
  | 'catalog'
  | 'audit';

/** One request of a signed-in operator to a page. */
export interface Visit {
  readonly req: Request;
  readonly res: Response;
  readonly operator: Operator;
  /** Our own REST API, asked in the operator's name: a page has no other way to know or do anything. */
  readonly api: LatchkeyClient;
  /** The same for what is passed on as it comes, e.g. an export. */
  readonly fetch: InsideFetch;
  readonly reader: Reader;
  readonly language: Language;
  /** The operator's own time zone, of the tz database. */
  readonly zone: string;
  readonly now: Instant;
  /** What became of the form that led here. */
  readonly told: Told | null;
}

/** The fields of a form that came from a page of this very session. */
export interface SentForm {
  /** Its value without blanks around it; '' where there is none. */
  text(name: string): string;
  /** Every field but those of the frame itself, as it was typed. */
  readonly fields: Readonly<Record<string, string>>;
  /** For `Idempotency-Key`: the same however often the form is sent. */
  readonly key: string;
}

/** A page inside the frame. */
export interface OperatorView extends PageNeeds {
  readonly kind: 'view';
  /** @default 200 */
  readonly status?: number;
  readonly title: string;
  /** Null: a page that is in no place of the navigation. */
  readonly place: Place | null;
  readonly body: Html;
  /** Instead of what the visit was told: what became of the form that this page answers. */
  readonly told?: Told;
}

/** Answers a form: the browser asks for another page, which says what became of it. */
export interface Going {
  readonly kind: 'go';
  /** A path of ours below `/admin`. */
  readonly to: string;
  readonly told?: Told;
}

/** `sent`: the handler has answered by itself, as with an export. */
export type PageAnswer = OperatorView | Going | { readonly kind: 'sent' };

/** A page of the operators' view, and the form that is sent to its address. */
export interface OperatorPage {
  /** As Express writes it, below `/admin`. */
  readonly path: string;
  readonly show?: (visit: Visit) => Promise<PageAnswer>;
  readonly take?: (visit: Visit, form: SentForm) => Promise<PageAnswer>;
}
