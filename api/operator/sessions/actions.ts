import type { OperationId } from '../../../integrations/latchkey/client.ts';
import type {
  Operations,
  SessionActionReply,
  WholeSession,
} from '../../../integrations/latchkey/operations.generated.ts';
import { readInstant } from '../../../integrations/saleor/instant.ts';
import type { SentForm, Visit } from '../visit.ts';

type GoodBody<Id extends OperationId> = Extract<Operations[Id]['answer'], { readonly status: 200 }>;

/** Every operation that acts on one session: one that the API gains is missing in the table below until it is offered. */
export type SessionActionId = {
  [Id in OperationId]: [GoodBody<Id>] extends [never]
    ? never
    : GoodBody<Id> extends { readonly body: SessionActionReply }
      ? Id
      : never;
}[OperationId];

export type ActionGroup = 'everyday' | 'money' | 'access' | 'repair' | 'danger';

/** A field of an action, by the name that the API has for it. */
export type ActionField =
  | 'refund'
  | 'starts_at'
  | 'provider'
  | 'event_type'
  | 'approve'
  | 'cutoff'
  | 'link_id'
  | 'email'
  | 'step';

interface OfferedAction {
  readonly group: ActionGroup;
  readonly fields: readonly ActionField[];
  /** Whether the rules would say yes, as far as a page can tell; the API's own answer is what counts. */
  readonly mayBeDone: (session: WholeSession) => boolean;
}

const phaseOf = ({ live, phase }: WholeSession) => live?.phase ?? phase;
const isOpen = (session: WholeSession): boolean =>
  phaseOf(session) !== 'settling' && phaseOf(session) !== 'ended' && session.live?.gate.state !== 'over';
const isOpened = (session: WholeSession): boolean => isOpen(session) && phaseOf(session) !== 'opening';
/** Where nobody can be asked, nothing is known to be in the way. */
const access = ({ live }: WholeSession) => live?.gate.access ?? null;
const hasLate = ({ live }: WholeSession): boolean => live !== null && live.late_change !== null;
const hasAttention = (session: WholeSession): boolean =>
  session.live === null ? session.needs_attention : session.live.attention.length > 0;

export const sessionActions: Readonly<Record<SessionActionId, OfferedAction>> = {
  resendSessionMail: {
    group: 'everyday',
    fields: [],
    mayBeDone: (session) => isOpened(session) && access(session) !== 'revoked',
  },
  rescheduleSession: {
    group: 'everyday',
    fields: ['starts_at'],
    // Cal.com alone moves appointments by its API.
    mayBeDone: (session) => phaseOf(session) === 'scheduled' && session.provider === 'calcom',
  },
  grantCutoff: { group: 'everyday', fields: ['cutoff'], mayBeDone: isOpen },
  decideLateChange: { group: 'everyday', fields: ['approve'], mayBeDone: hasLate },
  correctSessionEmail: { group: 'everyday', fields: ['email'], mayBeDone: isOpened },
  decideRefund: {
    group: 'money',
    fields: ['approve'],
    mayBeDone: ({ live }) => live?.refund === 'awaiting-approval',
  },
  reissueSessionLink: {
    group: 'access',
    fields: [],
    mayBeDone: (session) => isOpened(session) && access(session) !== 'revoked',
  },
  revokeSessionLink: { group: 'access', fields: ['link_id'], mayBeDone: isOpened },
  restoreSessionAccess: {
    group: 'access',
    fields: [],
    mayBeDone: (session) => isOpen(session) && access(session) !== 'granted',
  },
  retrySessionStep: { group: 'repair', fields: ['step'], mayBeDone: hasAttention },
  skipSessionStep: { group: 'repair', fields: ['step'], mayBeDone: hasAttention },
  handOverSession: {
    group: 'danger',
    fields: ['provider', 'event_type'],
    mayBeDone: (session) => isOpened(session) && !hasLate(session),
  },
  revokeSessionAccess: {
    group: 'danger',
    fields: [],
    mayBeDone: (session) => isOpen(session) && access(session) !== 'revoked',
  },
  cancelSession: { group: 'danger', fields: ['refund'], mayBeDone: isOpen },
};

export const isSessionAction = (id: string): id is SessionActionId => Object.hasOwn(sessionActions, id);

/** What a field says as the API wants it; undefined: left out. What it cannot read it refuses itself. */
function valueOf(field: ActionField, text: string, zone: string): unknown {
  if (text === '') return undefined;
  switch (field) {
    case 'approve':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'starts_at': {
      const instant = readInstant(text, zone);
      return instant === undefined ? text : new Date(instant).toISOString();
    }
    default:
      return text;
  }
}

/** The body of an action, from its form. */
export function bodyOf(id: SessionActionId, sent: SentForm, zone: string): Readonly<Record<string, unknown>> {
  const reason = sent.text('reason');
  const given = sessionActions[id].fields.map(
    (field) => [field, valueOf(field, sent.text(field), zone)] as const,
  );
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...(reason !== '' && { reason }),
  };
}

/** The fields that the API's words about a form are about: `starts_at: must be …; reason: …`. */
export function fieldsIn(detail: string | undefined): ReadonlySet<string> {
  return new Set([...(detail ?? '').matchAll(/(?:^|; )([a-z_]+): /g)].map(([, name]) => name ?? ''));
}

interface ActionAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Asks the API to do it. The same key does it once. */
export function act(
  { api, zone }: Visit,
  id: SessionActionId,
  session: string,
  sent: SentForm,
): Promise<ActionAnswer> {
  // Each of them takes its own body; what is not in it is refused by the API, in words.
  const call = api[id] as (request: object) => Promise<ActionAnswer>;
  return call({
    path: { id: session },
    headers: { 'Idempotency-Key': sent.key },
    body: bodyOf(id, sent, zone),
  });
}
