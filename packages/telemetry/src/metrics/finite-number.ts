const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A recorded value as a finite number: a number, an integer of any size, or the decimal text of one,
 * as PostgreSQL answers a count. `undefined` for all else: NaN or infinity in a sum stays for good.
 */
export function finiteNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const isDecimal = typeof value === 'string' && decimal.test(value.trim());
  if (!isDecimal && typeof value !== 'bigint') return undefined;
  return finiteNumber(Number(value));
}
