import { sayValue } from '../model/appearance.ts';
import { fieldNamed, type Panel } from '../model/dashboard.ts';
import { type Cell, toTables, transform, unknownTransformation } from '../model/tables.ts';
import { element } from './element.ts';
import type { Context, Loaded } from './load.ts';
import { link, waysFrom } from './ways.ts';

const maxRows = 200;

/** Draws a `table` panel; throws where it wants a transformation that the viewer does not know. */
export function drawTable(
  host: HTMLElement,
  panel: Panel,
  loaded: Loaded,
  context: Context,
): boolean {
  const unknown = unknownTransformation(panel.transformations);
  if (unknown !== undefined) {
    throw new Error(`Only Grafana can show this table: it wants the transformation “${unknown}”.`);
  }
  const { fields, rows } = transform(toTables(loaded.answers), panel.transformations);
  const head = element(
    'tr',
    {},
    ...fields.map((name) => element('th', { scope: 'col', class: kindOf(rows, name) }, name)),
  );
  const lines = rows
    .slice(0, maxRows)
    .map((row) =>
      element(
        'tr',
        {},
        ...fields.map((name) => cellOf(panel, name, row, kindOf(rows, name), context)),
      ),
    );
  const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...lines));
  const hidden = rows.length - maxRows;
  host.replaceChildren(
    element(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': panel.title ?? '' },
      table,
    ),
    ...(hidden > 0 ? [element('p', { class: 'more' }, `${hidden} more rows are left out.`)] : []),
  );
  return rows.length > 0;
}

type Row = Readonly<Record<string, Cell>>;

function kindOf(rows: readonly Row[], name: string): string {
  return rows.some((row) => typeof row[name] === 'number') ? 'number' : 'text';
}

function cellOf(panel: Panel, name: string, row: Row, kind: string, context: Context): HTMLElement {
  const field = fieldNamed(panel.fieldConfig ?? {}, name);
  const cell = row[name] ?? null;
  const text = typeof cell === 'string' ? cell : sayValue(cell, field);
  const labels = Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, String(value ?? '')]),
  );
  const value = typeof cell === 'number' ? cell : null;
  const [way] = cell === null ? [] : waysFrom(field, { title: name, labels, row, value }, context);
  const shown = way === undefined ? text : link({ title: text, href: way.href });
  if (way !== undefined && shown instanceof HTMLElement) shown.title = way.title;
  return element(
    'td',
    { class: `${kind} ${name === 'Severity' ? `severity-${text}` : ''}` },
    shown,
  );
}
