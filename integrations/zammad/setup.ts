import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { PlanSetup, SetupStep } from '../setup/step.ts';
import { createZammadAdmin, type ZammadAdmin, type ZammadAdminOptions } from './admin-api.ts';
import type { HeldAttribute } from './admin-wire.ts';
import {
  compareAttribute,
  compareMacro,
  compareTrigger,
  compareWebhook,
  type Differences,
  optionsOf,
} from './setup-compare.ts';
import {
  attributeNames,
  MACRO_NAME,
  TICKET_TAGS,
  TRIGGER_NAME,
  type WantedAttribute,
  WEBHOOK_NAME,
  wantedAttributes,
  wantedMacro,
  wantedTrigger,
  wantedWebhook,
  type WebhookTarget,
} from './setup-wanted.ts';
import { wordsOf } from './wire.ts';

export interface ZammadSetupOptions extends ZammadAdminOptions {
  /** The name of the group that gets the tickets. */
  readonly group: string;
  /** Where agents' actions are sent to, and what they are signed with. */
  readonly webhook: WebhookTarget;
}

/** What our API user must be allowed in the group. `full` is all of them. */
const NEEDED_RIGHTS = ['read', 'create', 'change'] as const;

/** A permission of Zammad's that the set-up, or the product, needs. */
type Permission =
  | 'ticket.agent'
  | 'admin.group'
  | 'admin.object'
  | 'admin.webhook'
  | 'admin.trigger'
  | 'admin.macro';

const asWanted = (subject: string): SetupStep => ({ subject, state: 'as-wanted', detail: null, apply: null });

const byHand = (subject: string, detail: string): SetupStep => ({
  subject,
  state: 'unmanageable',
  detail,
  apply: null,
});

const lacks = (subject: string, permission: Permission): SetupStep =>
  byHand(
    subject,
    `Grant the permission ${permission} to the API user's role and to its token, then run this again.`,
  );

const sentence = (differences: Differences): string => `It ${differences.join('; it ')}.`;

/** What Zammad said no to: a person must read its words, and none of these calls names one. */
async function saying<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const words = error instanceof VendorFailure ? wordsOf(error.vendorBody) : null;
    if (!(error instanceof VendorFailure) || words === null) throw error;
    throw new CodedFailure(error.code, `Zammad refused ${what}: ${words.slice(0, 200)}`, { cause: error });
  }
}

/** What is read, or null where token or user may not. */
async function ifPermitted<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof VendorFailure && error.code === 'vendor-forbidden') return null;
    throw error;
  }
}

/** One thing of a collection that is found by its name. */
interface Kept<Held extends { readonly id: number }> {
  readonly subject: string;
  readonly held: Held | undefined;
  readonly differences: (held: Held) => Differences;
  readonly create: () => Promise<void>;
  readonly change: (held: Held) => Promise<void>;
}

function keep<Held extends { readonly id: number }>(kept: Kept<Held>): SetupStep {
  const { subject, held } = kept;
  if (held === undefined)
    return {
      subject,
      state: 'missing',
      detail: null,
      async apply() {
        await saying(subject, kept.create());
        return `Made the ${subject}.`;
      },
    };
  const differences = kept.differences(held);
  if (differences.length === 0) return asWanted(subject);
  return {
    subject,
    state: 'different',
    detail: sentence(differences),
    async apply() {
      await saying(subject, kept.change(held));
      return `Changed the ${subject}.`;
    },
  };
}

const sameName =
  (name: string) =>
  (one: { readonly name: string }): boolean =>
    one.name.toLowerCase() === name.toLowerCase();

async function planGroup(api: ZammadAdmin, name: string): Promise<{ step: SetupStep; id: number | null }> {
  const subject = `group ${name}`;
  const groups = await ifPermitted(api.list('groups'));
  if (groups === null) return { step: lacks(subject, 'admin.group'), id: null };
  const held = groups.find((group) => group.name === name);
  const step = keep({
    subject,
    held,
    differences: ({ active }) => (active ? [] : ['is switched off']),
    create: () => api.create('groups', { name, active: true, note: 'Sessions of Latchkey.' }),
    change: ({ id }) => api.change('groups', id, { active: true }),
  });
  return { step, id: held?.id ?? null };
}

function planRights(group: string, granted: readonly string[] | null): SetupStep {
  const subject = `rights of the API user in the group ${group}`;
  const lacking = granted?.includes('full')
    ? []
    : NEEDED_RIGHTS.filter((right) => granted === null || !granted.includes(right));
  if (lacking.length === 0) return asWanted(subject);
  return byHand(
    subject,
    `Nobody may grant rights to itself: in Admin → Users (or Roles) give our API user ${lacking.join(', ')}, or full, on the group ${group}.`,
  );
}

function bodyOf(wanted: WantedAttribute, held: HeldAttribute | undefined): Readonly<Record<string, unknown>> {
  const wants = optionsOf(wanted.dataOption);
  const labels = held === undefined ? {} : optionsOf(held.dataOption);
  // What a business called an option stays.
  const options = Object.fromEntries(
    Object.entries(wants).map(([key, label]) => [key, labels[key] ?? label]),
  );
  return {
    object: 'Ticket',
    name: wanted.name,
    display: held === undefined || held.display === '' ? wanted.display : held.display,
    data_type: wanted.dataType,
    data_option: { ...wanted.dataOption, options },
    active: true,
    screens: wanted.screens,
  };
}

function planAttribute(
  api: ZammadAdmin,
  wanted: WantedAttribute,
  held: HeldAttribute | undefined,
): SetupStep {
  const subject = `ticket attribute ${wanted.name}`;
  if (held?.isToGo)
    return byHand(
      subject,
      'It is marked to be deleted: discard that in Admin → Objects, then run this again.',
    );
  if (held !== undefined && held.dataType !== wanted.dataType)
    return byHand(
      subject,
      `It is of the type ${held.dataType} and must be ${wanted.dataType}, which Zammad cannot change: delete it in Admin → Objects, then run this again.`,
    );
  return keep({
    subject,
    held,
    differences: (one) => compareAttribute(one, wanted),
    create: () => api.create('object_manager_attributes', bodyOf(wanted, undefined)),
    change: ({ id }) => api.change('object_manager_attributes', id, bodyOf(wanted, held)),
  });
}

function planMigrations(api: ZammadAdmin, held: readonly HeldAttribute[], isAllThere: boolean): SetupStep {
  const subject = 'database of the ticket attributes';
  const pending = held.filter(({ isPending }) => isPending);
  const ours = pending.filter(({ object, name }) => object === 'Ticket' && attributeNames.includes(name));
  if (isAllThere && ours.length === 0) return asWanted(subject);
  const others = pending.filter((one) => !ours.includes(one)).map(({ object, name }) => `${object}.${name}`);
  return {
    subject,
    state: 'missing',
    detail:
      others.length === 0
        ? 'Changes of ticket attributes take hold when Zammad updates its database.'
        : `Changes of ticket attributes take hold when Zammad updates its database, which does the same for somebody else's: ${others.join(', ')}.`,
    async apply() {
      await saying(subject, api.executeMigrations());
      return 'Zammad updated its database. It must be restarted now, unless its host does that by itself.';
    },
  };
}

const RESTART = 'Zammad must be restarted (its own host does that by itself), then run this again:';

/** Whether new attributes really work, by using them: Zammad drops what its processes do not know yet. */
async function planRestart(api: ZammadAdmin, areMigrated: boolean): Promise<SetupStep> {
  const subject = 'restart of Zammad';
  if (!areMigrated)
    return byHand(subject, `${RESTART} it is needed once its database knows the new ticket attributes.`);
  const known = await Promise.all(
    attributeNames.map(async (name) => ({ name, isKnown: await api.knowsAttribute(name) })),
  );
  const keys = await api.keysOfATicket();
  const unknown = known
    .filter(({ name, isKnown }) => !isKnown || (keys !== null && !keys.has(name)))
    .map(({ name }) => name);
  if (unknown.length === 0) return asWanted(subject);
  return byHand(
    subject,
    `${RESTART} it does not know ${unknown.join(', ')} yet, and drops what is written there.`,
  );
}

async function planAttributes(api: ZammadAdmin): Promise<readonly SetupStep[]> {
  const all = await ifPermitted(api.list('object_manager_attributes'));
  if (all === null) return [lacks('ticket attributes', 'admin.object')];
  const heldOf = (name: string) => all.find((one) => one.object === 'Ticket' && one.name === name);
  const steps = wantedAttributes.map((wanted) => planAttribute(api, wanted, heldOf(wanted.name)));
  const isAllThere = steps.every(({ state }) => state === 'as-wanted');
  const areMigrated = attributeNames.every((name) => heldOf(name)?.isNew === false);
  return [...steps, planMigrations(api, all, isAllThere), await planRestart(api, areMigrated)];
}

/** Without the permission the first ticket makes them, and nothing is lacking. */
async function planTags(api: ZammadAdmin): Promise<readonly SetupStep[]> {
  const tags = await ifPermitted(api.list('tag_list'));
  if (tags === null) return [];
  return TICKET_TAGS.map((tag) => {
    const held = tags.some(sameName(tag)) ? { id: 0 } : undefined;
    return keep({
      subject: `tag ${tag}`,
      held,
      differences: () => [],
      create: () => api.create('tag_list', { name: tag }),
      change: async () => undefined,
    });
  });
}

/** @returns the webhook's id, where there is one. */
async function planWebhook(
  api: ZammadAdmin,
  target: WebhookTarget,
): Promise<{ step: SetupStep; id: number | null }> {
  const subject = `webhook ${WEBHOOK_NAME}`;
  const webhooks = await ifPermitted(api.list('webhooks'));
  if (webhooks === null) return { step: lacks(subject, 'admin.webhook'), id: null };
  const held = webhooks.find(sameName(WEBHOOK_NAME));
  const step = keep({
    subject,
    held,
    differences: (one) => compareWebhook(one, target),
    create: () => api.create('webhooks', wantedWebhook(target)),
    change: ({ id }) => api.change('webhooks', id, wantedWebhook(target)),
  });
  return { step, id: held?.id ?? null };
}

async function planTrigger(api: ZammadAdmin, apiUser: number, webhook: number | null): Promise<SetupStep> {
  const subject = `trigger ${TRIGGER_NAME}`;
  const triggers = await ifPermitted(api.list('triggers'));
  if (triggers === null) return lacks(subject, 'admin.trigger');
  const held = triggers.find(sameName(TRIGGER_NAME));
  const bodyNow = async () => {
    const made = (await api.list('webhooks')).find(sameName(WEBHOOK_NAME));
    if (!made) throw new CodedFailure('not-configured', 'the trigger needs the webhook, which is not there');
    return wantedTrigger({ webhook: made.id, apiUser });
  };
  return keep({
    subject,
    held,
    // Until there is a webhook, the trigger calls none, or another one.
    differences: (one) => compareTrigger(one, { webhook: webhook ?? 0, apiUser }),
    create: async () => api.create('triggers', await bodyNow()),
    change: async ({ id }) => api.change('triggers', id, await bodyNow()),
  });
}

async function planMacro(api: ZammadAdmin, groupId: number | null): Promise<SetupStep> {
  const subject = `macro ${MACRO_NAME}`;
  const macros = await ifPermitted(api.list('macros'));
  if (macros === null) return lacks(subject, 'admin.macro');
  const step = keep({
    subject,
    held: macros.find(sameName(MACRO_NAME)),
    differences: (one) => compareMacro(one, groupId),
    create: () => api.create('macros', wantedMacro()),
    change: ({ id, group_ids: groups }) =>
      api.change('macros', id, {
        ...wantedMacro(),
        group_ids: groups.length === 0 || groupId === null ? groups : [...new Set([...groups, groupId])],
      }),
  });
  // Any agent may read macros; who may not write them cannot put one right.
  if (step.apply !== null && !(await api.mayWrite('macros'))) return lacks(subject, 'admin.macro');
  return step;
}

const TOKEN = 'API token';

function refusedToken(error: unknown): SetupStep | null {
  if (!(error instanceof VendorFailure)) return null;
  if (error.code === 'vendor-unauthorized')
    return byHand(
      TOKEN,
      'Zammad does not take ZAMMAD_TOKEN: make one in the API user’s profile (Token Access) that has not expired.',
    );
  if (error.code === 'vendor-forbidden')
    return byHand(TOKEN, 'Zammad takes no API tokens: switch them on in Admin → System → API.');
  return null;
}

/**
 * Everything that a Zammad must have for us, looked up by the names that it has there. Zammad 6.4 and 7 are told apart by
 * what they answer. A token that is refused is the only step; one that lacks a permission is told so where it is needed.
 *
 * @throws {VendorFailure} when Zammad does not answer.
 */
export function createZammadSetup(options: ZammadSetupOptions): PlanSetup {
  const api = createZammadAdmin(options);
  return async () => {
    let me: Awaited<ReturnType<ZammadAdmin['readMe']>>;
    try {
      me = await api.readMe();
    } catch (error) {
      const step = refusedToken(error);
      if (step === null) throw error;
      return [step];
    }
    if ((await ifPermitted(api.actAsAgent().then(() => true))) === null)
      return [lacks(TOKEN, 'ticket.agent')];
    const group = await planGroup(api, options.group);
    const webhook = await planWebhook(api, options.webhook);
    return [
      asWanted(TOKEN),
      group.step,
      // Without the group's id nothing can be said of rights on it.
      planRights(options.group, group.id === null ? null : me.rightsOn(group.id)),
      ...(await planAttributes(api)),
      ...(await planTags(api)),
      webhook.step,
      await planTrigger(api, me.id, webhook.id),
      await planMacro(api, group.id),
    ];
  };
}
