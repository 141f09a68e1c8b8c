import type { VendorCall } from '../http-client.ts';

/** Is told of everything that happens at vendors, for metrics. Must return at once, and never throw. */
export interface VendorObserver {
  /** Of every call that was made, those included that no log line tells of. */
  called(call: VendorCall): void;
  /** Of every call that was not made. */
  parked(call: Pick<VendorCall, 'vendor' | 'method' | 'path'>): void;
  /** How long a call waited before it was made or parked. @param server as in `away`. */
  waited(server: string, ms: number): void;
  /** A server became away, or came back. @param server the vendor's name, of a shop with its domain behind it. */
  away(server: string, isAway: boolean): void;
}
