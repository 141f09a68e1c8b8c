import { z } from 'zod';
import { wantedAttributes } from './setup-wanted.ts';
import { optionsOf } from './setup-compare.ts';
import { scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';

/** A ticket attribute as Zammad's object manager keeps it. */
export interface StoredAttribute {
  readonly id: number;
  readonly object: string;
  readonly name: string;
  display: string;
  dataType: string;
  active: boolean;
  position: number;
  screens: Values;
  dataOption: Values;
  /** What the migrations will make of `dataOption`. */
  dataOptionNew: Values;
  toCreate: boolean;
  toMigrate: boolean;
  toConfig: boolean;
  toDelete: boolean;
}

export interface TwinAttributes {
  all(): readonly StoredAttribute[];
  create(values: Values): StoredAttribute;
  change(values: Values): StoredAttribute;
  executeMigrations(): void;
  /** Every process starts anew, and knows all columns. */
  restart(): void;
  /** Whether the processes know a ticket attribute; unknown keys are dropped and refused in conditions. */
  knows(name: string): boolean;
  /** Whether the database has it, known or not. */
  hasColumn(name: string): boolean;
  /** Choices of a select, in order. */
  optionsOf(name: string): readonly string[];
  /** Refuses what the attributes' rules say no to on this screen. */
  check(values: Values, screen: 'create_middle' | 'edit'): void;
}

const objectSchema = z.record(z.string(), z.unknown());
const objectOf = (value: unknown): Values => objectSchema.safeParse(value).data ?? {};

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** @param isSetUp as a Zammad whose attributes were made and that was restarted since. */
export function createTwinAttributes(isSetUp: boolean): TwinAttributes {
  const attributes: StoredAttribute[] = [];
  const columns = new Set<string>();
  let known = new Set<string>();

  function add(values: Values, isNew: boolean): StoredAttribute {
    const attribute: StoredAttribute = {
      id: 101 + attributes.length,
      object: scalarText(values['object']),
      name: scalarText(values['name']),
      display: scalarText(values['display']),
      dataType: scalarText(values['data_type']),
      active: values['active'] !== false,
      position: 1550,
      screens: objectOf(values['screens']),
      dataOption: objectOf(values['data_option']),
      dataOptionNew: {},
      toCreate: isNew,
      toMigrate: isNew,
      toConfig: false,
      toDelete: false,
    };
    attributes.push(attribute);
    if (!isNew) columns.add(attribute.name);
    return attribute;
  }

  const held = (values: Values): StoredAttribute | undefined =>
    attributes.find((one) => one.object === values['object'] && one.name === values['name']);
  const ofTicket = (name: string): StoredAttribute | undefined => held({ object: 'Ticket', name });

  function executeMigrations(): void {
    for (const attribute of attributes.filter(({ toDelete }) => toDelete)) {
      attributes.splice(attributes.indexOf(attribute), 1);
      columns.delete(attribute.name);
    }
    for (const attribute of attributes) {
      if (attribute.toConfig && Object.keys(attribute.dataOptionNew).length > 0)
        attribute.dataOption = attribute.dataOptionNew;
      Object.assign(attribute, { dataOptionNew: {}, toCreate: false, toMigrate: false, toConfig: false });
      columns.add(attribute.name);
    }
  }

  function restart(): void {
    known = new Set(columns);
  }

  if (isSetUp) {
    for (const { name, display, dataType, dataOption, screens } of wantedAttributes)
      add({ object: 'Ticket', name, display, data_type: dataType, data_option: dataOption, screens }, false);
    restart();
  }

  function checkValue({ name, dataType, dataOption }: StoredAttribute, value: unknown): void {
    const number = Number(value);
    const isFine =
      dataType === 'select'
        ? Object.hasOwn(optionsOf(dataOption), scalarText(value))
        : dataType === 'integer'
          ? number >= Number(dataOption['min'] ?? 0) && number <= Number(dataOption['max'] ?? Infinity)
          : scalarText(value).length <= Number(dataOption['maxlength'] ?? 255);
    if (!isFine) throw new ZammadRefusal(422, `Invalid value '${scalarText(value)}' for field '${name}'!`);
  }

  return {
    all: () => attributes,
    create(values) {
      if (held(values)) throw new ZammadRefusal(422, 'already exists');
      if (!/^[a-z0-9_]+$/.test(scalarText(values['name'])))
        throw new ZammadRefusal(422, 'Only lowercase letters, numbers, and _ are allowed');
      return add(values, true);
    },
    change(values) {
      const attribute = held(values);
      if (!attribute) throw new ZammadRefusal(422, 'does not exist');
      if (values['data_type'] !== attribute.dataType)
        throw new ZammadRefusal(
          422,
          "Data type can't be altered after creation (you can delete the attribute and create another with the desired value)",
        );
      Object.assign(attribute, {
        display: scalarText(values['display']),
        active: values['active'] !== false,
        screens: objectOf(values['screens']),
        dataOptionNew: objectOf(values['data_option']),
        toConfig: true,
      });
      return attribute;
    },
    executeMigrations,
    restart,
    knows: (name) => known.has(name),
    hasColumn: (name) => columns.has(name),
    optionsOf: (name) => Object.keys(optionsOf(ofTicket(name)?.dataOption ?? {})),
    check(values, screen) {
      for (const attribute of attributes) {
        if (attribute.object !== 'Ticket' || !attribute.active || !known.has(attribute.name)) continue;
        const rules = objectOf(objectOf(attribute.screens[screen])['ticket.agent']);
        const value = values[attribute.name];
        if (isEmpty(value)) {
          if (rules['required'] === true)
            throw new ZammadRefusal(422, `Missing required value for field '${attribute.name}'!`);
        } else checkValue(attribute, value);
      }
    },
  };
}

export function renderAttribute(one: StoredAttribute, at: string): Readonly<Record<string, unknown>> {
  return {
    id: one.id,
    object: one.object,
    name: one.name,
    display: one.display,
    data_type: one.dataType,
    data_option: one.dataOption,
    data_option_new: one.dataOptionNew,
    editable: true,
    active: one.active,
    screens: one.screens,
    to_create: one.toCreate,
    to_migrate: one.toMigrate,
    to_delete: one.toDelete,
    to_config: one.toConfig,
    position: one.position,
    created_by_id: 3,
    updated_by_id: 3,
    created_at: at,
    updated_at: at,
    deletable: true,
  };
}
