import { traceAddress } from '../model/addresses.ts';
import { type LogLine, toLogLines } from '../model/log-lines.ts';
import { link } from './data-links.ts';
import { element } from './element.ts';
import type { Context, Draw } from './load.ts';

const levels = new Set(['fatal', 'error', 'warn', 'info', 'debug', 'trace']);

/** Draws a `logs` panel, newest line first; a line opens to show all its fields. */
export const drawLogs: Draw = (host, _, loaded, context) => {
  const lines = toLogLines(loaded.streams);
  const rows = lines.map((line) => row(line, context));
  host.replaceChildren(element('ol.lines', { tabindex: '0' }, ...rows));
  return lines.length > 0;
};

function row(line: LogLine, context: Context): HTMLElement {
  const level = levels.has(line.level) ? line.level : 'unknown';
  const details = element(
    `details.line.level-${level}`,
    element(
      'summary',
      element('time', { datetime: new Date(line.time).toISOString() }, clock(line.time)),
      element('span.level', line.level),
      element('span.service', line.service),
      element('span.text', line.text),
    ),
  );
  // Most are never opened.
  details.addEventListener('toggle', () => details.append(fieldsOf(line, context)), { once: true });
  return element('li', details);
}

function clock(milliseconds: number): string {
  const date = new Date(milliseconds);
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function fieldsOf({ fields, traceId }: LogLine, { linkTargets }: Context): HTMLElement {
  const trace = traceAddress(traceId, linkTargets);
  const items = fields.map(([name, value]) => {
    const shown =
      name === 'trace_id' && trace !== undefined ? link({ title: value, href: trace }) : value;
    return element('div', element('dt', name), element('dd', shown));
  });
  return element('dl', ...items);
}
