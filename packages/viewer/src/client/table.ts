import { formatFieldValue } from '../model/appearance.ts';
import { fieldNamed, type Panel } from '../model/dashboard.ts';
import { type Row, toTables, transform, unknownTransformation } from '../model/tables.ts';
import { dataLinksFor, link } from './data-links.ts';
import { element } from './element.ts';
import type { Context, Draw } from './load.ts';

const maxRows = 200;

/** Draws a `table` panel; throws if a transformation is not supported. */
export const drawTable: Draw = (host, panel, loaded, context) => {
  const unknown = unknownTransformation(panel.transformations);
  if (unknown !== undefined) {
    throw new Error(`Unsupported transformation “${unknown}”. Open the table in Grafana.`);
  }
  const { fields, rows } = transform(toTables(loaded.answers), panel.transformations);
  const kinds = fields.map((name) => ({ name, kind: kindOf(rows, name) }));
  const head = kinds.map(({ name, kind }) => element(`th.${kind}`, { scope: 'col' }, name));
  const lines = rows
    .slice(0, maxRows)
    .map((row) =>
      element('tr', ...kinds.map(({ name, kind }) => cellOf(panel, name, row, kind, context))),
    );
  const hidden = rows.length - maxRows;
  host.replaceChildren(
    element(
      'div.scroll',
      { tabindex: '0', role: 'region', 'aria-label': panel.title ?? '' },
      element('table', element('thead', element('tr', ...head)), element('tbody', ...lines)),
    ),
    ...(hidden > 0 ? [element('p.more', `${hidden} more rows not shown.`)] : []),
  );
  return rows.length > 0;
};

function kindOf(rows: readonly Row[], name: string) {
  return rows.some((row) => typeof row[name] === 'number') ? 'number' : 'text';
}

function cellOf(panel: Panel, name: string, row: Row, kind: string, context: Context): HTMLElement {
  const field = fieldNamed(panel.fieldConfig ?? {}, name);
  const cell = row[name] ?? null;
  const text = typeof cell === 'string' ? cell : formatFieldValue(cell, field);
  const labels = Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, String(value ?? '')]),
  );
  const [target] = cell === null ? [] : dataLinksFor(field, { labels, row }, context);
  const shown = target === undefined ? text : link({ title: text, href: target.href });
  if (target !== undefined && shown instanceof HTMLElement) shown.title = target.title;
  const made = element(`td.${kind}`, shown);
  if (name === 'Severity') made.classList.add(`severity-${text.replace(/\W/g, '-')}`);
  return made;
}
