import type { MetricDeclaration } from '../catalogue/types.ts';
import type { LabelSet } from './prom-client.ts';

/** What a value outside its set, or past its bound, is recorded as. */
export const otherValue = 'other';

/** Brings label values into the declared sets and keeps one object for each combination. */
export interface LabelGuard {
  /** The set to record under; the same object for the same values. */
  admit(labels: LabelSet): LabelSet;
}

// Four labels at their bounds could still multiply; no metric of ours comes near this many series.
const maxSeriesPerMetric = 5_000;
const separator = '\u0000';

/**
 * Makes the guard of one metric.
 * @param onOverflow called when a value had to become `other`
 */
export function createLabelGuard(
  declaration: MetricDeclaration,
  onOverflow: () => void,
): LabelGuard {
  const names = Object.keys(declaration.labels);
  const checks = names.map((name) => createValueCheck(declaration, name));
  const admitted = new Map<string, LabelSet>();
  const overflow = Object.freeze(Object.fromEntries(names.map((name) => [name, otherValue])));

  function normalise(labels: LabelSet): LabelSet {
    const result: Record<string, string> = {};
    let isClean = true;
    for (const [index, name] of names.entries()) {
      const value = labels[name] ?? '';
      const isKnown = checks[index]?.(value) ?? false;
      result[name] = isKnown ? value : otherValue;
      isClean &&= isKnown;
    }
    if (!isClean) onOverflow();
    return result;
  }

  return {
    admit(labels) {
      const known = admitted.get(keyOf(names, labels));
      if (known !== undefined) return known;
      const normal = Object.freeze(normalise(labels));
      const normalKey = keyOf(names, normal);
      const existing = admitted.get(normalKey);
      if (existing !== undefined) return existing;
      if (admitted.size >= maxSeriesPerMetric) {
        onOverflow();
        return overflow;
      }
      admitted.set(normalKey, normal);
      return normal;
    },
  };
}

function keyOf(names: readonly string[], labels: LabelSet): string {
  let key = '';
  for (const name of names) key += (labels[name] ?? '') + separator;
  return key;
}

function createValueCheck(declaration: MetricDeclaration, name: string) {
  const values = declaration.labels[name] ?? [];
  if ('atMost' in values) {
    const seen = new Set<string>();
    return (value: string) => {
      if (seen.has(value)) return true;
      if (seen.size >= values.atMost) return false;
      seen.add(value);
      return true;
    };
  }
  const allowed = new Set(values);
  return (value: string) => allowed.has(value);
}
