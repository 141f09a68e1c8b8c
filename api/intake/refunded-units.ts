import { isOurRefund } from '../../integrations/saleor/client.ts';
import type { OrderRefunds, SettledGrant } from '../../integrations/saleor/contract.ts';
import { refundMarkerOf } from '../../platform/session-ids.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

/** A paid unit of an order. */
export interface Unit {
  readonly key: SessionKey;
  /** Saleor's id of its line. */
  readonly lineId: string;
}

/** `unit`: this unit was paid back. `unclear`: it may be this one. */
export type UnitRefund = 'unit' | 'unclear' | 'none';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** How many units of a line these refunds pay back. */
function quantityOf(grants: readonly SettledGrant[], line: string): number {
  return sum(
    grants.flatMap(({ lines }) =>
      lines.filter(({ lineId }) => lineId === line).map(({ quantity }) => quantity),
    ),
  );
}

/**
 * Which units of an order were paid back. A refund of ours names its session; one that the shop granted by hand names at
 * most a line and how many units of it: where that is all that are left, it is they, and else a person must say which. So
 * it is with money that names no line.
 */
export function refundedUnits(
  { grants, besideGrants }: OrderRefunds,
  units: readonly Unit[],
): ReadonlyMap<SessionKey, UnitRefund> {
  const isOurs = ({ key }: Unit, { reason }: SettledGrant): boolean =>
    isOurRefund(reason, refundMarkerOf(key));
  const byHand = grants.filter((grant) => !units.some((unit) => isOurs(unit, grant)));
  const left = units.filter((unit) => !grants.some((grant) => isOurs(unit, grant)));
  const namesNoLine = besideGrants || byHand.some(({ lines }) => lines.length === 0);

  const refundOf = (unit: Unit): UnitRefund => {
    if (!left.includes(unit)) return 'unit';
    const quantity = quantityOf(byHand, unit.lineId);
    if (quantity >= left.filter(({ lineId }) => lineId === unit.lineId).length) return 'unit';
    return quantity > 0 || namesNoLine ? 'unclear' : 'none';
  };
  return new Map(units.map((unit) => [unit.key, refundOf(unit)]));
}
