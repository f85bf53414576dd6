import { type DataLink, resolveLinks } from '../model/addresses.ts';
import type { Field } from '../model/dashboard.ts';
import type { Labels } from '../model/series.ts';
import type { Resolve } from '../model/variables.ts';
import { element } from './element.ts';
import type { Context } from './load.ts';

export interface Subject {
  readonly labels: Labels;
  /** The other cells of its row. */
  readonly row?: Readonly<Record<string, unknown>>;
}

export function dataLinksFor(
  { links = [] }: Field,
  subject: Subject,
  context: Context,
): readonly DataLink[] {
  return resolveLinks(links, resolveSubject(subject, context), context.linkTargets);
}

/** Resolves `${__field.labels.job}`, `${__data.fields.Alert}` and the time range of a data link. */
function resolveSubject({ labels, row = {} }: Subject, context: Context): Resolve {
  const { range, resolve } = context;
  const times: Readonly<Record<string, string>> = {
    __from: String(range.from),
    __to: String(range.to),
    __url_time_range: `from=${range.from}&to=${range.to}`,
  };
  return (name, format) => {
    const [, kind, key = ''] = /^__(field\.labels|data\.fields)[.[]"?(.+?)"?\]?$/.exec(name) ?? [];
    if (kind === 'field.labels') return labels[key] ?? '';
    if (kind === 'data.fields') return String(row[key] ?? '');
    return times[name] ?? resolve(name, format);
  };
}

/** Shows the data links of a value over its panel until they are closed. */
export function showDataLinks(host: HTMLElement, title: string, links: readonly DataLink[]): void {
  closeDataLinks();
  const back = document.activeElement;
  const onclick = () => {
    closeDataLinks();
    if (back instanceof HTMLElement) back.focus();
  };
  const close = element('button', { type: 'button', 'aria-label': 'Close', onclick }, '×');
  const box = element(
    'div.data-links',
    { role: 'group', 'aria-label': title },
    element('p.data-links-head', element('strong', title), close),
    element(
      'ul',
      ...links.map((each) => element('li', link(each))),
      links.length === 0 && element('li', 'No data links.'),
    ),
  );
  host.append(box);
  (box.querySelector('a') ?? close).focus({ preventScroll: true });
}

/** A link; an external one opens in a new tab. */
export function link({ title, href }: DataLink): HTMLAnchorElement {
  const newTab = { target: '_blank', rel: 'noopener noreferrer' };
  return element('a', { href, ...(href.startsWith('/') ? {} : newTab) }, title);
}

function closeDataLinks(): void {
  for (const open of document.querySelectorAll('.data-links')) open.remove();
}

document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') closeDataLinks();
});
