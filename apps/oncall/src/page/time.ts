import { type Html, html } from '@watchkeeper/viewer';

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A time span in its two largest units, such as `2 h 5 min`; never negative. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1_000));
  const first = units.findIndex(([, seconds]) => rest >= seconds);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  for (const [name, seconds] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A moment in UTC, such as `21 Nov 2026, 03:04:05 UTC`, for people and machines. */
export function moment(iso: string): Html {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return html`an unknown time`;
  const day = `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  const text = `${day}, ${date.toISOString().slice(11, 19)} UTC`;
  return html`<time datetime="${iso}">${text}</time>`;
}
