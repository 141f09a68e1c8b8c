import { z } from 'zod';
import type { Screens } from './setup-wanted.ts';

/** What Zammad's admin endpoints answer, as far as the set-up looks at it. */

const id = z.coerce.number().int();
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const record = z.record(z.string(), z.unknown());
const maybeRecord = record.nullish().transform((value) => value ?? {});

/** By group: the rights on it. */
const rights = z
  .record(
    z.string(),
    z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat()),
  )
  .nullish()
  .transform((value) => value ?? {});

const roleSchema = z.object({ active: z.boolean().optional(), group_ids: rights });
const userSchema = z.object({
  group_ids: rights,
  role_ids: z
    .array(id)
    .nullish()
    .transform((value) => value ?? []),
});

/** `GET /users/me?full=true`: the user, and beside it the roles that it has. */
export const meSchema = z
  .object({
    id,
    assets: z.object({
      User: z.record(z.string(), userSchema),
      Role: z
        .record(z.string(), roleSchema)
        .nullish()
        .transform((value) => value ?? {}),
    }),
  })
  .transform(({ id: userId, assets }) => {
    const user = assets.User[String(userId)];
    const roles = (user?.role_ids ?? []).flatMap((roleId) => {
      const role = assets.Role[String(roleId)];
      return role && role.active !== false ? [role] : [];
    });
    return {
      id: userId,
      rightsOn: (groupId: number): readonly string[] =>
        [user, ...roles].flatMap((one) => one?.group_ids[String(groupId)] ?? []),
    };
  });

export const groupsSchema = z.array(z.object({ id, name: z.string(), active: z.boolean() }));

const screens = z
  .record(
    z.string(),
    z.record(z.string(), z.looseObject({ shown: z.boolean().optional(), required: z.boolean().optional() })),
  )
  .nullish()
  .transform((value): Screens => value ?? {});

export const attributesSchema = z.array(
  z
    .object({
      id,
      object: z.string(),
      name: z.string(),
      display: text,
      data_type: z.string(),
      data_option: maybeRecord,
      data_option_new: maybeRecord,
      screens,
      active: z.boolean(),
      to_create: flag,
      to_migrate: flag,
      to_delete: flag,
      to_config: flag,
    })
    .transform((one) => ({
      id: one.id,
      object: one.object,
      name: one.name,
      display: one.display,
      dataType: one.data_type,
      // A change that waits for the migrations is what it will be.
      dataOption:
        one.to_config && Object.keys(one.data_option_new).length > 0 ? one.data_option_new : one.data_option,
      screens: one.screens,
      active: one.active,
      isNew: one.to_create,
      isToGo: one.to_delete,
      isPending: one.to_create || one.to_migrate || one.to_delete || one.to_config,
    })),
);
export type HeldAttribute = z.output<typeof attributesSchema>[number];

export const webhooksSchema = z.array(
  z.looseObject({
    id,
    name: text,
    endpoint: text,
    active: flag,
    ssl_verify: flag,
    customized_payload: flag,
    custom_payload: z.unknown(),
    note: text,
    /** Not there, or masked, since Zammad 7. */
    signature_token: z.string().nullish(),
    http_method: z.string().nullish(),
  }),
);
export type HeldWebhook = z.output<typeof webhooksSchema>[number];

export const triggersSchema = z.array(
  z.object({
    id,
    name: text,
    active: flag,
    activator: text,
    execution_condition_mode: text,
    condition: maybeRecord,
    perform: maybeRecord,
  }),
);
export type HeldTrigger = z.output<typeof triggersSchema>[number];

export const macrosSchema = z.array(
  z.object({
    id,
    name: text,
    active: flag,
    perform: maybeRecord,
    group_ids: z
      .array(id)
      .nullish()
      .transform((value) => value ?? []),
  }),
);
export type HeldMacro = z.output<typeof macrosSchema>[number];

export const tagsSchema = z.array(z.object({ name: z.string() }));

export const anyRecord = z.looseObject({});
export const ticketKeysSchema = z.array(record);
