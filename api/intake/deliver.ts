import type { InboxRow } from '../../db/tables.ts';
import { errorCode } from '../../platform/error-code.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { deliverCalcom } from './calcom.ts';
import { deliverCalendly } from './calendly.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { failed, type Outcome, wait } from './outcome.ts';
import { deliverSaleor } from './saleor.ts';
import { deliverZammad } from './zammad.ts';

/** One attempt to deliver one row. Everything in it may be repeated; what went wrong becomes an outcome. */
export async function deliverRow(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  try {
    switch (row.source) {
      case 'saleor':
        return await deliverSaleor(row, deps);
      case 'calendly':
        return await deliverCalendly(row, deps);
      case 'calcom':
        return await deliverCalcom(row, deps);
      case 'zammad':
        return await deliverZammad(row, deps);
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (isAway(error)) return wait(reason, error instanceof VendorFailure ? error.retryAfterMs : null);
    const name = error instanceof Error ? error.name : typeof error;
    deps.log.warn(
      { inboxId: row.id, source: row.source, event: row.event, reason, error: name },
      'delivery failed',
    );
    return failed(reason);
  }
}

/** Somebody who is needed cannot be reached: nothing is wrong with the row, however long it takes. */
function isAway(error: unknown): boolean {
  if (error instanceof VendorFailure) return error.retryable;
  return error instanceof CodedFailure && error.code === 'engine-unavailable';
}

/**
 * A stable code and nothing else: messages of PostgreSQL quote the values they complain about.
 * For one of its errors, the SQLSTATE.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof CodedFailure) return error.code;
  const code = errorCode(error);
  return code !== undefined && /^[0-9A-Z_]{1,20}$/.test(code) ? `error-${code}` : 'internal';
}
