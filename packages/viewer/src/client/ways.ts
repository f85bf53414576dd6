import { type Way, waysOf } from '../model/addresses.ts';
import type { Field } from '../model/dashboard.ts';
import type { Labels } from '../model/series.ts';
import type { Words } from '../model/variables.ts';
import { element } from './element.ts';
import type { Context } from './load.ts';

/** What was pointed at. */
export interface Subject {
  readonly title: string;
  readonly labels: Labels;
  readonly value?: number | null;
  /** The other cells of its row. */
  readonly row?: Readonly<Record<string, unknown>>;
}

/** The ways from a value, by the links of its field. */
export function waysFrom(
  { links = [] }: Field,
  subject: Subject,
  context: Context,
): readonly Way[] {
  return waysOf(links, subjectWords(subject, context), context.places);
}

/** What links say of a value: `${__field.labels.job}`, `${__data.fields.Alert}`, `${__value.raw}`. */
function subjectWords({ title, labels, value, row = {} }: Subject, context: Context): Words {
  const { range, words } = context;
  const own: Readonly<Record<string, string>> = {
    __from: String(range.from),
    __to: String(range.to),
    __url_time_range: `from=${range.from}&to=${range.to}`,
    '__value.raw': String(value ?? ''),
    '__series.name': title,
    '__field.name': title,
  };
  return (name, format) => {
    const [, kind, key = ''] = /^__(field\.labels|data\.fields)[.[]"?(.+?)"?\]?$/.exec(name) ?? [];
    if (kind === 'field.labels') return labels[key] ?? '';
    if (kind === 'data.fields') return String(row[key] ?? '');
    return own[name] ?? words(name, format);
  };
}

/** Shows where a value leads, over its panel, until it is closed. */
export function showWays(host: HTMLElement, title: string, ways: readonly Way[]): void {
  closeWays();
  const close = element('button', { type: 'button', 'aria-label': 'Close' }, '×');
  const list = element(
    'ul',
    {},
    ...ways.map((way) => element('li', {}, link(way))),
    ways.length === 0 && element('li', {}, 'No link leads on from here.'),
  );
  const head = element('p', { class: 'ways-head' }, element('strong', {}, title), close);
  const box = element('div', { class: 'ways', role: 'group', 'aria-label': title }, head, list);
  const back = document.activeElement;
  close.addEventListener('click', () => {
    closeWays();
    if (back instanceof HTMLElement) back.focus();
  });
  host.append(box);
  (box.querySelector('a') ?? close).focus({ preventScroll: true });
}

/** A link, in a tab of its own where it leaves this server. */
export function link({ title, href }: Way): HTMLAnchorElement {
  const isOwn = href.startsWith('/');
  return element(
    'a',
    { href, target: isOwn ? undefined : '_blank', rel: isOwn ? undefined : 'noopener noreferrer' },
    title,
  );
}

function closeWays(): void {
  for (const open of document.querySelectorAll('.ways')) open.remove();
}

document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') closeWays();
});
