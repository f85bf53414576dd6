import { isDeepStrictEqual } from 'node:util';
import { StackError } from '@watchkeeper/stack';
import type { DrillablePage, DrillSpec } from '../runbooks/drill-page.ts';

const singles = ['crash', 'load', 'traffic', 'processors', 'lines'] as const;
const lists = ['halt', 'pause', 'kill', 'sql', 'configure'] as const;

/**
 * One drill that injects the faults of several, each once.
 * @throws StackError where two set the same thing differently
 */
export function mergeDrills(pages: readonly Pick<DrillablePage, 'name' | 'drill'>[]): DrillSpec {
  const [first] = pages;
  if (first === undefined) throw new StackError('Expected at least one drill.');
  if (pages.length === 1) return first.drill;
  const merged: Record<string, unknown> = {};
  const faults = new Map<
    string,
    { app: string; on?: string; isByHand?: true; set: Record<string, unknown> }
  >();
  for (const { name, drill } of pages) {
    for (const key of singles) setOnce(merged, key, drill[key], `${name} and another drill`);
    for (const key of lists) {
      const all = [...((merged[key] as unknown[] | undefined) ?? []), ...(drill[key] ?? [])];
      if (all.length > 0) merged[key] = [...new Set(all)];
    }
    for (const { app, on, isByHand, set } of drill.faults ?? []) {
      const key = `${app} ${on} ${isByHand}`;
      const fault = faults.get(key) ?? {
        app,
        ...(on ? { on } : {}),
        ...(isByHand ? { isByHand } : {}),
        set: {},
      };
      for (const [kind, settings] of Object.entries(set)) {
        setOnce(fault.set, kind, settings, `${name} and another drill`);
      }
      faults.set(key, fault);
    }
  }
  if (faults.size > 0) merged.faults = [...faults.values()];
  return { ...merged, outcome: 'fires' } as DrillSpec;
}

function setOnce(target: Record<string, unknown>, key: string, value: unknown, owners: string) {
  if (value === undefined) return;
  if (key in target && !isDeepStrictEqual(target[key], value)) {
    throw new StackError(`${owners} set \`${key}\` differently. Run them in separate batches.`);
  }
  target[key] = value;
}
