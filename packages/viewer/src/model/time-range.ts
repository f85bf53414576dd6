import { parseDuration } from './duration.ts';

/** From when until when, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges that the page offers, the shortest first. */
export const offeredRanges = [
  '15m',
  '30m',
  '1h',
  '3h',
  '6h',
  '12h',
  '24h',
  '2d',
  '7d',
  '15d',
] as const;

/** A moment as Grafana's addresses name it: `now`, `now-1h`, milliseconds since 1970 or ISO 8601. */
function momentOf(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const [, sign, duration] = /^now([-+])(.+)$/.exec(text) ?? [];
  if (duration !== undefined) {
    const length = parseDuration(duration);
    return length === undefined ? undefined : now + (sign === '-' ? -length : length);
  }
  const moment = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(moment) ? moment : undefined;
}

/** The range between two moments; the fallback where they make none. */
export function rangeOf(from: string, to: string, now: number, fallbackMs = 3_600_000): TimeRange {
  const end = momentOf(to, now) ?? now;
  const start = momentOf(from, now) ?? end - fallbackMs;
  return start < end ? { from: start, to: end } : { from: end - fallbackMs, to: end };
}

/** In words: `Last 1 hour`, or the two moments. */
export function describeRange(from: string, to: string): string {
  const [, count, unit] = /^now-(\d+)([smhdw])$/.exec(from) ?? [];
  if (count === undefined || unit === undefined || to !== 'now') return 'Custom range';
  const words: Readonly<Record<string, string>> = {
    s: 'second',
    m: 'minute',
    h: 'hour',
    d: 'day',
    w: 'week',
  };
  return `Last ${count} ${words[unit]}${count === '1' ? '' : 's'}`;
}
