import { parseDuration } from '@watchkeeper/viewer/model/duration';

/** As written in a file of `monitoring/config`: `70%`, `90s`, `1GiB` or a number. */
export type Amount = string | number;

const bytes = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const sizePattern = /^(\d+(?:\.\d+)?)(KiB|MiB|GiB|TiB)$/;
const percentPattern = /^\d+(?:\.\d+)?%$/;

export const isAmount = (amount: Amount) => toNumber(amount) !== undefined;

/** Shares between 0 and 1, durations in seconds, sizes in bytes; undefined for anything else. */
export function toNumber(amount: Amount): number | undefined {
  if (typeof amount === 'number') return Number.isFinite(amount) ? amount : undefined;
  // Twelve digits, so that 99.5 % is 0.995 and not 0.9949999999999999.
  if (percentPattern.test(amount)) return Number((Number.parseFloat(amount) / 100).toPrecision(12));
  const [, count, unit] = sizePattern.exec(amount) ?? [];
  if (count !== undefined) return Number(count) * bytes[unit as keyof typeof bytes];
  const ms = parseDuration(amount);
  return ms === undefined ? undefined : ms / 1_000;
}

/** The amount in an expression: a duration in brackets or after `offset`, else a number. */
export function toPromql(amount: Amount, before: string): string {
  const isDuration = typeof amount === 'string' && parseDuration(amount) !== undefined;
  if (isDuration && /(\[[^\]]*|\boffset\s+)$/.test(before)) return amount;
  return String(toNumber(amount));
}
