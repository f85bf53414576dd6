import type { Calendar } from './calendar.ts';
import { formatSpan } from './report.ts';
import { type AlertSummary, quartersOf } from './summary.ts';

interface PictureOptions {
  readonly start: number;
  readonly end: number;
  readonly calendar: Calendar;
  readonly source: string;
}

const names = 240;
const width = 1_200;
const row = 22;
const top = 52;
const mostDates = 16;

// As Grafana has them: red for a page, orange for a warning, blue for the rest.
const colours: Readonly<Record<string, string>> = { critical: '#d44a3a', warning: '#e0862d' };

/** When each alert fires, as an SVG: a row for each, grey nights, a line for each day. */
export function drawPicture(summaries: readonly AlertSummary[], options: PictureOptions): string {
  const height = top + Math.max(1, summaries.length) * row + 16;
  const x = scale(options);
  const rows = summaries.map((summary, index) => drawRow(summary, top + index * row, x));
  const none = `<text x="${names}" y="${top + 15}">No alert would have fired.</text>`;
  const { calendar, start, end, source } = options;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="18" font-size="14">Alerts that would have fired, ` +
      `${calendar.minute(start)} to ${calendar.minute(end)}, by ${escapeXml(source)}</text>`,
    drawTime(options, height, x),
    ...(rows.length > 0 ? rows : [none]),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (seconds: number) => number;

function scale({ start, end }: PictureOptions): Scale {
  return (seconds) => names + ((seconds - start) / (end - start)) * (width - names - 8);
}

function drawRow(summary: AlertSummary, y: number, x: Scale): string {
  const colour = colours[summary.severity] ?? '#3b7dd8';
  const bars = summary.stretches.map(({ from, to }) => {
    // A firing of a minute has to be seen among weeks.
    const length = Math.max(2, x(to) - x(from)).toFixed(1);
    const title = `<title>${escapeXml(summary.name)}: ${formatSpan(to - from)}</title>`;
    return `<rect x="${x(from).toFixed(1)}" y="${y + 4}" width="${length}" height="14" fill="${colour}">${title}</rect>`;
  });
  const name = `<text x="8" y="${y + 15}">${escapeXml(summary.name)}</text>`;
  return [name, ...bars].join('');
}

/** A band for each night, and above them a line with its date for each day. */
function drawTime(options: PictureOptions, height: number, x: Scale): string {
  const { start, end, calendar } = options;
  const bands: string[] = [];
  const days: number[] = [];
  let nightFrom: number | undefined;
  for (const { from, to } of quartersOf(start, end)) {
    if (from > start && calendar.day(from) !== calendar.day(from - 1)) days.push(from);
    if (calendar.night(from) !== undefined) nightFrom ??= from;
    const isOver = to === end || calendar.night(to) === undefined;
    if (nightFrom === undefined || !isOver) continue;
    const length = (x(to) - x(nightFrom)).toFixed(1);
    bands.push(
      `<rect x="${x(nightFrom).toFixed(1)}" y="${top}" width="${length}" height="${height - top - 8}" fill="#eef0f4"/>`,
    );
    nightFrom = undefined;
  }
  const every = Math.ceil(days.length / mostDates);
  const lines = days.map((day, index) => {
    const at = x(day);
    const line = `<path d="M${at.toFixed(1)} ${top - 4}V${height - 8}" stroke="#c8ccd4"/>`;
    if (index % every > 0 || at > width - 40) return line;
    const date = calendar.day(day).slice(5);
    return `${line}<text x="${at.toFixed(1)}" y="${top - 10}">${date}</text>`;
  });
  return [...bands, ...lines].join('');
}

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
