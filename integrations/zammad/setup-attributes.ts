import type { SetupStep } from '../setup/step.ts';
import type { ZammadAdmin } from './admin-api.ts';
import type { HeldAttribute } from './admin-wire.ts';
import { compareAttribute, optionsOf } from './setup-compare.ts';
import { asWanted, byHand, ifPermitted, keep, lacks, saying } from './setup-steps.ts';
import { attributeNames, type WantedAttribute, wantedAttributes } from './setup-wanted.ts';

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

export async function planAttributes(api: ZammadAdmin): Promise<readonly SetupStep[]> {
  const all = await ifPermitted(api.list('object_manager_attributes'));
  if (all === null) return [lacks('ticket attributes', 'admin.object')];
  const heldOf = (name: string) => all.find((one) => one.object === 'Ticket' && one.name === name);
  const steps = wantedAttributes.map((wanted) => planAttribute(api, wanted, heldOf(wanted.name)));
  const isAllThere = steps.every(({ state }) => state === 'as-wanted');
  const areMigrated = attributeNames.every((name) => heldOf(name)?.isNew === false);
  return [...steps, planMigrations(api, all, isAllThere), await planRestart(api, areMigrated)];
}
