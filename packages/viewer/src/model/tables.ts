import type { Transformation } from './dashboard.ts';
import { numberOf, type QueryResult } from './series.ts';

export type Cell = string | number | null;

/** Rows by the names of their fields. */
export interface Table {
  readonly fields: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** Each result as a table, as Grafana builds it: time, labels, value. */
export function toTables(answers: readonly QueryResult[]): readonly Table[] {
  return answers.map(({ refId, result }) => {
    const value = answers.length > 1 ? `Value #${refId}` : 'Value';
    const labels = new Set(result.flatMap(({ metric = {} }) => Object.keys(metric)));
    const rows = result.map(({ metric = {}, value: sample, values = [] }) => {
      const [time, text] = sample ?? values.at(-1) ?? [0, 'NaN'];
      return { ...metric, Time: time * 1_000, [value]: numberOf(text) };
    });
    return { fields: ['Time', ...[...labels].sort(), value], rows };
  });
}

const known: Readonly<
  Record<
    string,
    (tables: readonly Table[], options: Readonly<Record<string, unknown>>) => readonly Table[]
  >
> = { merge, filterFieldsByName, organize };

/** The first transformation that is not supported. */
export function unknownTransformation(steps: readonly Transformation[] = []): string | undefined {
  return steps.find(({ id }) => known[id] === undefined)?.id;
}

/** Applies a panel's transformations and returns the first table. */
export function transform(tables: readonly Table[], steps: readonly Transformation[] = []): Table {
  const done = steps.reduce(
    (before, { id, options = {} }) => known[id]?.(before, options) ?? before,
    tables,
  );
  return done[0] ?? { fields: [], rows: [] };
}

/** Joins rows that agree in every field which all tables have, unless they differ elsewhere. */
function merge(tables: readonly Table[]): readonly Table[] {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  if (filled.length < 2) return filled.length === 0 ? tables.slice(0, 1) : filled;
  const fields = [...new Set(filled.flatMap((table) => table.fields))];
  const keys = fields.filter((field) => filled.every((table) => table.fields.includes(field)));
  const groups = new Map<string, Record<string, Cell>[]>();
  for (const row of filled.flatMap(({ rows }) => rows)) {
    const key = JSON.stringify(keys.map((field) => row[field] ?? null));
    const group = groups.get(key) ?? [];
    const fitting = group.find((other) => isMergeable(other, row));
    if (fitting === undefined) group.push({ ...row });
    else Object.assign(fitting, row);
    groups.set(key, group);
  }
  return [{ fields, rows: [...groups.values()].flat() }];
}

function isMergeable(one: Readonly<Record<string, Cell>>, other: Readonly<Record<string, Cell>>) {
  return Object.entries(other).every(
    ([field, value]) => one[field] === undefined || one[field] === null || one[field] === value,
  );
}

function filterFieldsByName(
  tables: readonly Table[],
  { include }: Readonly<Record<string, unknown>>,
): readonly Table[] {
  const { names } = (include ?? {}) as { names?: readonly string[] };
  if (names === undefined) return tables;
  return tables.map(({ fields, rows }) => {
    const kept = fields.filter((field) => names.includes(field));
    // A removed field must not keep rows apart that are merged later.
    return { fields: kept, rows: rows.map((row) => pick(row, kept)) };
  });
}

function pick(row: Readonly<Record<string, Cell>>, fields: readonly string[]) {
  return Object.fromEntries(
    fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])),
  );
}

function organize(
  tables: readonly Table[],
  options: Readonly<Record<string, unknown>>,
): readonly Table[] {
  const {
    excludeByName = {},
    indexByName = {},
    renameByName = {},
  } = options as {
    excludeByName?: Record<string, boolean>;
    indexByName?: Record<string, number>;
    renameByName?: Record<string, string>;
  };
  const placeOf = (field: string) => indexByName[field] ?? Number.MAX_SAFE_INTEGER;
  return tables.map(({ fields, rows }) => {
    const kept = fields
      .filter((field) => excludeByName[field] !== true)
      .sort((one, other) => placeOf(one) - placeOf(other));
    const nameOf = (field: string) => renameByName[field] || field;
    return {
      fields: kept.map(nameOf),
      rows: rows.map((row) =>
        Object.fromEntries(kept.map((field) => [nameOf(field), row[field] ?? null])),
      ),
    };
  });
}
