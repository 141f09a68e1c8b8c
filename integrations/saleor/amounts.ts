/** Money in ten-thousandths of the currency's unit, so that sums and comparisons are exact. */
export type Amount = bigint;

const SCALE = 4;
const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Whether the text is a plain decimal number that an {@link Amount} holds exactly. */
export function isDecimalText(text: string): boolean {
  const match = decimal.exec(text);
  return match !== null && (match[3] ?? '').replace(/0+$/, '').length <= SCALE;
}

/**
 * Reads decimal text such as `49.0`.
 * @throws {RangeError} for anything else, and for digits beyond the fourth place.
 */
export function parseAmount(text: string): Amount {
  const match = decimal.exec(text);
  if (!match || !isDecimalText(text)) throw new RangeError('not a decimal amount');
  const fraction = (match[3] ?? '').replace(/0+$/, '').padEnd(SCALE, '0');
  const digits = BigInt((match[2] ?? '') + fraction);
  return match[1] === '-' ? -digits : digits;
}

/** Writes an amount as Saleor does: no needless zeros, but always one place (`49.0`). */
export function formatAmount(amount: Amount): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '') || '0';
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${fraction}`;
}
