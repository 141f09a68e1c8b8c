import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stackLockHolder } from '../servers/stack-lock.ts';

const addressesSchema = z.strictObject({
  pid: z.number().int(),
  temporal: z.strictObject({ address: z.string(), namespace: z.string(), uiUrl: z.string().nullable() }),
  /** Where a browser signs in so that Temporal UI shows payloads. */
  codecUrl: z.string(),
  publicUrl: z.string(),
  internalUrl: z.string(),
  /** Null where the worker runs elsewhere. */
  workerMetricsUrl: z.string().nullable(),
  gatewayUrl: z.string(),
  saleor: z.strictObject({ url: z.string(), apiUrl: z.string(), appToken: z.string() }),
  zammad: z.strictObject({ url: z.string(), token: z.string() }),
  apisix: z.strictObject({ adminUrl: z.string(), adminKey: z.string() }),
  calendly: z.strictObject({ url: z.string(), token: z.string() }),
  calcom: z.strictObject({ url: z.string(), apiKey: z.string() }),
  databaseUrl: z.string(),
  /** The vendors that a twin stands in for. */
  sandboxed: z.array(z.string()),
});

/** Where each part of a running stack listens, with the sandbox's own credentials. */
export type StackAddresses = z.output<typeof addressesSchema>;

const fileOf = (dataDirectory: string) => join(dataDirectory, 'stack.json');

/** Leaves the addresses where `npm run demo -- --running` finds them; readable by this user only. */
export function writeAddresses(dataDirectory: string, addresses: StackAddresses): void {
  writeFileSync(fileOf(dataDirectory), `${JSON.stringify(addresses, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fileOf(dataDirectory), 0o600);
}

export function removeAddresses(dataDirectory: string): void {
  rmSync(fileOf(dataDirectory), { force: true });
}

/** The addresses of the stack that runs in this data directory, or undefined when none does. */
export function readAddresses(dataDirectory: string): StackAddresses | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(dataDirectory), 'utf8');
  } catch {
    return undefined;
  }
  const parsed = addressesSchema.safeParse(JSON.parse(text));
  return parsed.success && stackLockHolder(dataDirectory) === parsed.data.pid ? parsed.data : undefined;
}
