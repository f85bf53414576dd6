import { parseDuration } from './duration.ts';

/** Milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const offeredRanges = '15m 30m 1h 3h 6h 12h 24h 2d 7d 15d'.split(' ');

/** A time as in Grafana's addresses: `now`, `now-1h`, milliseconds since 1970 or ISO 8601. */
function parseTime(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const [, sign, duration] = /^now([-+])(.+)$/.exec(text) ?? [];
  if (duration !== undefined) {
    const length = parseDuration(duration);
    return length === undefined ? undefined : now + (sign === '-' ? -length : length);
  }
  const moment = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(moment) ? moment : undefined;
}

/** The range of an address; its last `fallbackMs` if it is not a valid one. */
export function parseRange(
  from: string,
  to: string,
  now: number,
  fallbackMs = 3_600_000,
): TimeRange {
  const end = parseTime(to, now) ?? now;
  const start = parseTime(from, now) ?? end - fallbackMs;
  return start < end ? { from: start, to: end } : { from: end - fallbackMs, to: end };
}

const unitNames: Readonly<Record<string, string>> = {
  ...{ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' },
};

/** `Last 1 hour`, or `Custom range`. */
export function describeRange(from: string, to: string): string {
  const [, count, unit] = /^now-(\d+)([smhdw])$/.exec(from) ?? [];
  if (unit === undefined || to !== 'now') return 'Custom range';
  return `Last ${count} ${unitNames[unit]}${count === '1' ? '' : 's'}`;
}
