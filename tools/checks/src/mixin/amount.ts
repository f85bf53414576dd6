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

/**
 * The amount as an expression needs it at this place: the value of `le` as Prometheus stores it,
 * within other quotes as written, a duration in brackets and behind `offset`, else a number.
 */
export function toPromql(amount: Amount, before: string): string {
  const value = toNumber(amount);
  if (value === undefined || isQuoted(before)) {
    return value !== undefined && /\ble="$/.test(before) ? toBucket(value) : String(amount);
  }
  const isDuration = typeof amount === 'string' && parseDuration(amount) !== undefined;
  return isDuration && /(\[[^\]]*|\boffset\s+-?)$/.test(before) ? amount : String(value);
}

function isQuoted(before: string): boolean {
  return (before.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

/**
 * The label of a bucket as Prometheus 3 stores it: `2.0`, `0.5`, `1e+06`. Source: its
 * `labels.FormatOpenMetricsFloat`, which is Go's shortest form with a point or an exponent.
 */
function toBucket(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}
