import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { PlanSetup, SetupStep } from '../setup/step.ts';
import { createZammadAdmin, type ZammadAdmin, type ZammadAdminOptions } from './admin-api.ts';
import { planAttributes } from './setup-attributes.ts';
import { compareMacro, compareTrigger, compareWebhook } from './setup-compare.ts';
import { asWanted, byHand, ifPermitted, keep, lacks, sameName } from './setup-steps.ts';
import {
  MACRO_NAME,
  TICKET_TAGS,
  TRIGGER_NAME,
  WEBHOOK_NAME,
  wantedMacro,
  wantedTrigger,
  wantedWebhook,
  type WebhookTarget,
} from './setup-wanted.ts';

export interface ZammadSetupOptions extends ZammadAdminOptions {
  /** The name of the group that gets the tickets. */
  readonly group: string;
  /** Where agents' actions are sent to, and what they are signed with. */
  readonly webhook: WebhookTarget;
}

/** What our API user must be allowed in the group. `full` is all of them. */
const NEEDED_RIGHTS = ['read', 'create', 'change'] as const;

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
