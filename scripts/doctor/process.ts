import type { Check, Look } from '../../integrations/setup/check.ts';
import type { Clock } from '../../platform/clock.ts';
import { keyMadeAt } from '../../platform/key-age.ts';
import { type KeyRing, SHORTEST_KEY_BYTES } from '../../platform/keys.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDEST_KEY_MS = 366 * DAY_MS;
/** The oldest Node.js of `package.json`'s `engines`. */
const OLDEST_NODE = [20, 19] as const;

/** Of Node.js, e.g. `20.19.4`. */
export function lookAtNode(version: string): Look {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return isNewEnough
    ? { status: 'ok', message: `Node.js ${version}` }
    : { status: 'failed', message: `Node.js ${version} is older than ${OLDEST_NODE.join('.')}` };
}

/** What this process knows of time zones. */
export interface ZoneData {
  /** e.g. `2025c`; undefined where Node.js was built without its own. */
  readonly version: string | undefined;
  /** Minutes east of UTC in Europe/Berlin; undefined for a zone that is not known. */
  readonly berlinAt: (instant: number) => number | undefined;
}

/** By what `Intl` says, which is what sessions' times are shown with. */
export function minutesInBerlin(instant: number): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: 'Europe/Berlin',
      timeZoneName: 'longOffset',
    }).formatToParts(instant);
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return undefined;
  }
}

/** Rules of time zones change several times a year, in some country. */
export function lookAtZones(zones: ZoneData, now: number): Look {
  const winter = zones.berlinAt(Date.UTC(2026, 0, 15));
  const summer = zones.berlinAt(Date.UTC(2026, 6, 15));
  if (winter !== 60 || summer !== 120)
    return { status: 'failed', message: 'Time zones are missing or wrong: Europe/Berlin is not where it is' };
  const year = Number(zones.version?.slice(0, 4));
  if (!Number.isInteger(year))
    return { status: 'warning', message: 'The version of the time zone data is not known' };
  if (year < new Date(now).getUTCFullYear() - 1)
    return { status: 'warning', message: `The time zone data is of ${zones.version}` };
  return { status: 'ok', message: `The time zone data is of ${zones.version}` };
}

/** Of a ring only the newest key signs; its age is told by its id. */
export function lookAtRing(ring: KeyRing, now: number, mayBeUndated: boolean): Look {
  const short = ring.all.find(({ secret }) => secret.length < SHORTEST_KEY_BYTES);
  if (short !== undefined)
    return {
      status: 'failed',
      message: `The key ${short.id} has ${short.secret.length} bytes; ${SHORTEST_KEY_BYTES} are the least`,
    };
  const { id } = ring.newest;
  const madeAt = keyMadeAt(id);
  if (madeAt === null)
    return mayBeUndated
      ? { status: 'ok', message: `The newest key is ${id}` }
      : {
          status: 'warning',
          message: `How old the key ${id} is cannot be told`,
          remedy: 'Begin the ids of keys with the month they are made in, e.g. `2026-11:…`.',
        };
  const days = Math.floor((now - madeAt) / DAY_MS);
  return now - madeAt > OLDEST_KEY_MS
    ? { status: 'warning', message: `The newest key, ${id}, is ${days} days old` }
    : { status: 'ok', message: `The newest key is ${id}` };
}

/** Checks that need no configuration. */
export function processChecks(clock: Clock): readonly Check[] {
  return [
    {
      name: 'node-version',
      subject: 'Node.js is of a version that we support',
      remedy: `Install Node.js ${OLDEST_NODE.join('.')} or newer, better 24 LTS.`,
      after: [],
      look: async () => lookAtNode(process.versions.node),
    },
    {
      name: 'time-zones',
      subject: 'Node.js knows time zones, by data that is not much older than a year',
      remedy: 'Update Node.js, which carries the time zone data.',
      after: [],
      look: async () => lookAtZones({ version: process.versions['tz'], berlinAt: minutesInBerlin }, clock()),
    },
  ];
}

/** A check for each ring of keys, by the name of its variable. */
export function keyChecks(
  rings: Readonly<Record<string, KeyRing>>,
  clock: Clock,
  isDevelopment: boolean,
): readonly Check[] {
  return Object.entries(rings).map(
    ([variable, ring]): Check => ({
      name: `keys-${variable.toLowerCase().replaceAll('_', '-')}`,
      subject: `The keys of \`${variable}\` are long enough, and the newest is not older than a year`,
      remedy: `Put a new key before the others: \`${variable}=<year>-<month>:$(openssl rand -base64 32),<the old ones>\`.`,
      after: [],
      look: async () => lookAtRing(ring, clock(), isDevelopment),
    }),
  );
}
