import type { Referred } from '../../intake/referred.ts';

/**
 * What is known to be harmless in a stored body, as a tree of the fields that may be shown. What is not in it is
 * never shown, nor is a value that does not look as it should.
 */
export type Harmless =
  | { readonly kind: 'value'; readonly show: (value: unknown) => string | number | boolean | undefined }
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, Harmless> }
  | { readonly kind: 'items'; readonly item: Harmless };

const fields = (tree: Readonly<Record<string, Harmless>>): Harmless => ({
  kind: 'fields',
  fields: new Map(Object.entries(tree)),
});
const items = (item: Harmless): Harmless => ({ kind: 'items', item });
const text = (looksRight: (value: string) => boolean): Harmless => ({
  kind: 'value',
  show: (value) => (typeof value === 'string' && looksRight(value) ? value : undefined),
});
const like = (shape: RegExp): Harmless => text((value) => shape.test(value));

const truth: Harmless = {
  kind: 'value',
  show: (value) => (typeof value === 'boolean' ? value : undefined),
};
const count: Harmless = {
  kind: 'value',
  show: (value) => (Number.isInteger(value) ? Number(value) : undefined),
};
const instant = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/);
/** Only ids: no query, no words of a person. */
const calendlyUri = like(
  /^https?:\/\/[\w.-]+(:\d+)?(\/(scheduled_events|invitees|invitee_no_shows|event_types|users|organizations)\/[A-Za-z0-9-]{1,64}){1,2}$/,
);
const constant = like(/^[A-Z][A-Z_]{1,40}$/);
/** A global id of Saleor's: base64 of `Type:pk`. */
const saleorId = text((value) =>
  /^[A-Za-z]{1,40}:[0-9a-f-]{1,40}$/.test(Buffer.from(value, 'base64').toString()),
);

/** Of our reference the key alone, and only if we signed it: visitors can write into this field. */
function reference(referred: Referred): Harmless {
  return {
    kind: 'value',
    show: (value) => (typeof value === 'string' ? referred(value)?.key : undefined),
  };
}

const cancellation = fields({ canceler_type: like(/^(host|invitee)$/), created_at: instant });

export function calendlyHarmless(referred: Referred): Harmless {
  return fields({
    event: like(/^[a-z_]{1,40}\.[a-z_]{1,40}$/),
    created_at: instant,
    created_by: calendlyUri,
    payload: fields({
      uri: calendlyUri,
      event: calendlyUri,
      status: like(/^(active|canceled)$/),
      created_at: instant,
      updated_at: instant,
      rescheduled: truth,
      old_invitee: calendlyUri,
      new_invitee: calendlyUri,
      no_show: fields({ uri: calendlyUri, created_at: instant }),
      cancellation,
      tracking: fields({ utm_content: reference(referred) }),
      scheduled_event: fields({
        uri: calendlyUri,
        status: like(/^(active|canceled)$/),
        event_type: calendlyUri,
        start_time: instant,
        end_time: instant,
        created_at: instant,
        updated_at: instant,
        cancellation,
        invitees_counter: fields({ total: count, active: count, limit: count }),
      }),
    }),
  });
}

/** A booking's own id, and nothing else that may stand where one is looked for. */
const calcomUid = like(/^[A-Za-z0-9_-]{1,64}$/);

/** Meetings are told flat, everything else in `payload`. */
export function calcomHarmless(referred: Referred): Harmless {
  const booking = {
    uid: calcomUid,
    bookingUid: calcomUid,
    bookingId: count,
    eventTypeId: count,
    status: constant,
    startTime: instant,
    endTime: instant,
    length: count,
    rescheduleUid: calcomUid,
    rescheduleStartTime: instant,
    rescheduleEndTime: instant,
    requestReschedule: truth,
    iCalSequence: count,
    metadata: fields({ bookingRef: reference(referred) }),
    attendees: items(fields({ noShow: truth })),
  } as const;
  return fields({
    ...booking,
    triggerEvent: constant,
    createdAt: instant,
    id: count,
    payload: fields(booking),
  });
}

export const saleorHarmless: Harmless = fields({
  __typename: like(/^(Order|Payment|Transaction)[A-Za-z]{1,40}$/),
  version: like(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/),
  issuedAt: instant,
  order: fields({
    id: saleorId,
    number: like(/^\d{1,12}$/),
    created: instant,
    updatedAt: instant,
    status: constant,
    paymentStatus: constant,
    chargeStatus: constant,
    isPaid: truth,
    origin: constant,
    channel: fields({ id: saleorId, currencyCode: like(/^[A-Z]{3}$/) }),
    lines: items(
      fields({
        id: saleorId,
        quantity: count,
        variant: fields({
          id: saleorId,
          product: fields({ id: saleorId, productType: fields({ slug: like(/^[a-z0-9-]{1,60}$/) }) }),
        }),
      }),
    ),
    transactions: items(fields({ id: saleorId, actions: items(constant) })),
  }),
});

const ticketFields = {
  number: like(/^\d{1,60}$/),
  session_id: like(/^[A-Za-z0-9_-]{22}$/),
  state: like(/^(new|open|pending reminder|pending close|closed|merged|removed)$/),
} as const;
const action = like(/^(cancel|cancel_no_refund|approve_change|decline_change|resend_link)$/);

/** Our custom payload, or Zammad's own, which brings whole users and articles along. */
export const zammadHarmless: Harmless = fields({
  ...ticketFields,
  ticket_id: like(/^\d{1,15}$/),
  action,
  ticket: fields({
    ...ticketFields,
    id: count,
    session_action: action,
    session_rev: count,
    created_at: instant,
    updated_at: instant,
  }),
});
