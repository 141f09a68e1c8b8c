import type { Vendor } from '../config.ts';
import { type Admission, type AdmissionLog, createAdmission, type WatchedAdmission } from './admission.ts';
import type { VendorObserver } from './observer.ts';
import type { VendorSight } from './sight.ts';
import { ownPace, type PaceStore, sharedPace } from './pace.ts';

/**
 * One per vendor, and one for the gateway that clients go through: APISIX's Admin API may be well without it. Each shop
 * is a server of its own: one that is away parks no calls of another.
 */
export type Admissions = Readonly<Record<Exclude<Vendor, 'saleor'> | 'gateway', Admission>> & {
  /** Of the shop with this domain. The rate is that of all shops together. */
  readonly shop: (domain: string) => Admission;
  /** What this process knows of each server. @param clock the wall clock's milliseconds now. */
  readonly sights: (clock: number) => readonly VendorSight[];
};

/**
 * What stands before every call of this process to a vendor. Make one per process: whoever calls a vendor beside it is
 * not counted.
 *
 * @param rates requests per minute over all processes; 0: as many as are needed.
 * @param places calls of one vendor under way at once.
 */
export function createAdmissions(options: {
  readonly rates: Readonly<Record<Vendor, number>>;
  readonly store: PaceStore;
  readonly places: number;
  readonly log: AdmissionLog;
  readonly observer?: VendorObserver;
}): Admissions {
  const { rates, store, places, log, observer } = options;
  const now = (): number => performance.now();
  const random = Math.random;
  const each = { places, log, now, random, ...(observer ? { observer } : {}) };

  function admissionOf(vendor: Vendor, name: string = vendor): WatchedAdmission {
    const own = ownPace(now, random);
    const perMinute = rates[vendor];
    const pace = perMinute === 0 ? own : sharedPace({ vendor, perMinute, store }, own, now);
    return createAdmission({ ...each, vendor: name, pace });
  }

  const shops = new Map<string, WatchedAdmission>();
  const servers = {
    zammad: admissionOf('zammad'),
    apisix: admissionOf('apisix'),
    calendly: admissionOf('calendly'),
    calcom: admissionOf('calcom'),
    gateway: createAdmission({ ...each, vendor: 'gateway', pace: ownPace(now, random) }),
  };
  return {
    ...servers,
    shop(domain) {
      const admission = shops.get(domain) ?? admissionOf('saleor', `saleor ${domain}`);
      shops.set(domain, admission);
      return admission;
    },
    sights: (clock) => [...shops.values(), ...Object.values(servers)].map((one) => one.sight(clock)),
  };
}
