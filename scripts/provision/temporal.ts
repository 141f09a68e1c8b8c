import type { PlanSetup, SetupStep } from '../../integrations/setup/step.ts';
import { SEARCH_ATTRIBUTES } from '../../platform/search-attributes.ts';
import {
  LEAST_RETENTION_MS,
  lookAtSearchAttributes,
  makeNamespace,
  readNamespace,
  setRetention,
} from '../../platform/temporal-setup.ts';
import { persist } from '../../platform/patience.ts';
import {
  awaitNamespace,
  ensureSearchAttributes,
  grpcCode,
  NOT_FOUND,
  type TemporalClient,
} from '../../platform/temporal.ts';

const DAYS = LEAST_RETENTION_MS / (24 * 60 * 60 * 1000);
/** A new namespace is there for every part of a server after some seconds. */
const PATIENCE = { totalMs: 30_000 };

type SearchAttribute = keyof typeof SEARCH_ATTRIBUTES;
const names = Object.keys(SEARCH_ATTRIBUTES) as SearchAttribute[];

function attributeStep(
  { connection, namespace }: TemporalClient,
  name: SearchAttribute,
  state: SetupStep['state'],
  listed: boolean,
): SetupStep {
  const type = SEARCH_ATTRIBUTES[name];
  const subject = `search attribute ${name} (${type})`;
  switch (state) {
    case 'as-wanted':
      return { subject, state, detail: null, apply: null };
    case 'different':
    case 'unmanageable':
      return {
        subject,
        state: 'unmanageable',
        detail: 'there is one of another type: rename or remove it, or use another namespace',
        apply: null,
      };
    case 'missing':
      if (!listed)
        return {
          subject,
          state: 'unmanageable',
          detail: `register it by hand: this server lets nobody do it by API (Temporal Cloud: tcld namespace search-attributes add --sa "${name}=${type}")`,
          apply: null,
        };
      return {
        subject,
        state,
        detail: 'it is not registered',
        async apply() {
          // All that are missing, at once: a server takes seconds to know new ones, and longer a new namespace.
          const { added } = await persist(
            () => ensureSearchAttributes(connection, namespace, PATIENCE),
            PATIENCE,
            (error) => grpcCode(error) !== NOT_FOUND,
          );
          return added.length === 0 ? `${name} is registered` : `registered ${added.join(', ')}`;
        },
      };
  }
}

function namespaceStep({ connection, namespace }: TemporalClient): SetupStep {
  return {
    subject: `namespace ${namespace}`,
    state: 'missing',
    detail: `it is made, with a retention of ${DAYS} days (Temporal Cloud: make it in the console)`,
    async apply() {
      await makeNamespace(connection, namespace, LEAST_RETENTION_MS);
      await awaitNamespace(connection, namespace, PATIENCE);
      return `namespace ${namespace} made`;
    },
  };
}

function retentionStep({ connection, namespace }: TemporalClient, retentionMs: number): SetupStep {
  const subject = `retention of at least ${DAYS} days`;
  if (retentionMs >= LEAST_RETENTION_MS) return { subject, state: 'as-wanted', detail: null, apply: null };
  return {
    subject,
    state: 'different',
    detail: `closed runs are kept for ${retentionMs / 3_600_000} hours`,
    async apply() {
      await setRetention(connection, namespace, LEAST_RETENTION_MS);
      return `closed runs are kept for ${DAYS} days`;
    },
  };
}

/** The namespace, how long it keeps closed runs, and our search attributes. Schedules are made by each worker. */
export function planTemporal(temporal: TemporalClient): PlanSetup {
  const { connection, namespace } = temporal;
  return async () => {
    const held = await readNamespace(connection, namespace);
    if (held === undefined)
      return [
        namespaceStep(temporal),
        ...names.map((name) => attributeStep(temporal, name, 'missing', true)),
      ];
    const { missing, ofOtherType, listed } = await lookAtSearchAttributes(connection, namespace);
    const stateOf = (name: SearchAttribute): SetupStep['state'] => {
      if (missing.includes(name)) return 'missing';
      return ofOtherType.includes(name) ? 'different' : 'as-wanted';
    };
    return [
      { subject: `namespace ${namespace}`, state: 'as-wanted', detail: null, apply: null },
      retentionStep(temporal, held.retentionMs),
      ...names.map((name) => attributeStep(temporal, name, stateOf(name), listed)),
    ];
  };
}
