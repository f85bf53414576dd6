import { isDeepStrictEqual } from 'node:util';
import { StackError } from '@watchkeeper/stack';
import type { DrillablePage, DrillSpec } from '../runbooks/drill-page.ts';

type Part = Pick<DrillablePage, 'name' | 'drill'>;

/**
 * What several drills break, as one: each thing once.
 * @throws StackError where two want the same thing in two ways
 */
export function mergeDrills(pages: readonly Part[]): DrillSpec {
  const [first, ...others] = pages;
  if (first === undefined) throw new StackError('Expected at least one drill.');
  if (others.length === 0) return first.drill;
  return others.reduce<DrillSpec>(
    (merged, { name, drill }) => ({
      ...mergeSingles(merged, drill, name),
      ...mergeNames(merged, drill),
      ...mergeFaults(merged, drill, name),
      ...(merged.sql || drill.sql ? { sql: [...(merged.sql ?? []), ...(drill.sql ?? [])] } : {}),
      outcome: 'fires',
    }),
    first.drill,
  );
}

const singles = ['load', 'traffic', 'processors', 'configure', 'lines'] as const;

function mergeSingles(merged: DrillSpec, drill: DrillSpec, name: string): Partial<DrillSpec> {
  const entries = singles.flatMap((key) => {
    const [before, wanted] = [merged[key], drill[key]];
    if (before !== undefined && wanted !== undefined && !isDeepStrictEqual(before, wanted)) {
      throw conflict(name, key);
    }
    const value = wanted ?? before;
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

function mergeNames(merged: DrillSpec, drill: DrillSpec): Partial<DrillSpec> {
  const entries = (['halt', 'pause', 'kill'] as const).flatMap((key) => {
    const all = [...new Set([...(merged[key] ?? []), ...(drill[key] ?? [])])];
    return all.length === 0 ? [] : [[key, all]];
  });
  return Object.fromEntries(entries);
}

function mergeFaults(merged: DrillSpec, drill: DrillSpec, name: string): Partial<DrillSpec> {
  const all = [...(merged.faults ?? []), ...(drill.faults ?? [])];
  const known = new Map<string, unknown>();
  for (const { app, on = '', set } of all) {
    for (const [fault, settings] of Object.entries(set)) {
      const key = `${app} ${fault} ${on}`;
      if (known.has(key) && !isDeepStrictEqual(known.get(key), settings)) throw conflict(name, key);
      known.set(key, settings);
    }
  }
  const [first, ...rest] = byApp(all);
  return first === undefined ? {} : { faults: [first, ...rest] };
}

type Faults = NonNullable<DrillSpec['faults']>[number];

function byApp(all: readonly Faults[]): Faults[] {
  const merged = new Map<string, Faults>();
  for (const each of all) {
    const key = `${each.app} ${each.on ?? ''}`;
    const before = merged.get(key);
    merged.set(key, before ? { ...before, set: { ...before.set, ...each.set } } : each);
  }
  return [...merged.values()];
}

function conflict(name: string, what: string): StackError {
  return new StackError(
    `${name} and another drill want \`${what}\` in two ways. Drill them apart.`,
  );
}
