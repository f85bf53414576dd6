import type { Transformation } from './dashboard.ts';
import { numberOf, type QueryResult } from './series.ts';

type Cell = string | number | null;

export type Row = Readonly<Record<string, Cell>>;

/** Rows by the names of their fields. */
interface Table {
  readonly fields: readonly string[];
  readonly rows: readonly Row[];
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

/** A step of a panel's transformations. */
type Step = (
  tables: readonly Table[],
  options: Readonly<Record<string, unknown>>,
) => readonly Table[];

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
const merge: Step = (tables) => {
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
};

function isMergeable(one: Row, other: Row) {
  return Object.entries(other).every(
    ([field, value]) => one[field] === undefined || one[field] === null || one[field] === value,
  );
}

const filterFieldsByName: Step = (tables, { include }) => {
  const { names } = (include ?? {}) as { names?: readonly string[] };
  if (names === undefined) return tables;
  return tables.map(({ fields, rows }) => ({
    fields: fields.filter((field) => names.includes(field)),
    // A removed field must not keep rows apart that are merged later.
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([field]) => names.includes(field))),
    ),
  }));
};

const organize: Step = (tables, options) => {
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
  const nameOf = (field: string) => renameByName[field] || field;
  return tables.map(({ fields, rows }) => {
    const kept = fields
      .filter((field) => excludeByName[field] !== true)
      .sort((one, other) => placeOf(one) - placeOf(other));
    return {
      fields: kept.map(nameOf),
      rows: rows.map((row) =>
        Object.fromEntries(kept.map((field) => [nameOf(field), row[field] ?? null])),
      ),
    };
  });
};

const known: Readonly<Record<string, Step>> = { merge, filterFieldsByName, organize };
