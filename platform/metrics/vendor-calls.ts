import type { Registry } from 'prom-client';
import type { VendorObserver } from '../vendor-pace/observer.ts';
import { counter, gauge, histogram } from './register.ts';

const VENDORS = ['saleor', 'zammad', 'apisix', 'gateway', 'calendly', 'calcom'] as const;

/** A shop's domain is not for a label. */
const vendorOf = (server: string): string => server.split(' ', 1)[0] ?? server;

/** A word of an API: small letters, as versions also with a number. Whatever else stands in a path names something. */
const isWord = (segment: string): boolean => /^(?:[a-z][a-z_-]{0,23}|v\d|:[a-z]+)$/.test(segment);

/** Method and path of a call, with `:id` for every segment that is not a fixed word, so that there are few of them. */
export function operationOf({ method, path }: { readonly method: string; readonly path: string }): string {
  const segments = path.split('/').map((segment) => (segment === '' || isWord(segment) ? segment : ':id'));
  return `${method} ${segments.join('/')}`;
}

/** Counts what this process does at vendors. */
export function vendorMetrics(registry: Registry): VendorObserver {
  const calls = counter(registry, 'latchkey_vendor_calls_total');
  const durations = histogram(registry, 'latchkey_vendor_call_duration_seconds');
  const waits = histogram(registry, 'latchkey_vendor_wait_seconds');
  const away = gauge(registry, 'latchkey_vendor_away');
  for (const vendor of VENDORS) away.set({ vendor }, 0);
  return {
    called(call) {
      const [vendor, operation] = [call.vendor, operationOf(call)];
      calls.add({ vendor, operation, outcome: call.code ?? 'ok' });
      durations.observe({ vendor, operation }, call.ms / 1000);
    },
    parked: (call) => calls.add({ vendor: call.vendor, operation: operationOf(call), outcome: 'parked' }),
    waited: (server, ms) => waits.observe({ vendor: vendorOf(server) }, ms / 1000),
    away: (server, isAway) => away.add({ vendor: vendorOf(server) }, isAway ? 1 : -1),
  };
}
