import type { MetricDeclaration } from '../catalogue/types.ts';
import type { CreateSeries, LabelSet, Series } from './prom-client.ts';

// For values outside their set or past its bound.
const otherValue = 'other';

// Bounds of several labels multiply; more series would make a scrape too expensive.
const maxSeriesPerMetric = 1_000;
const separator = '\u0000';

/**
 * Finds the series of a set of labels. Values outside their declared sets are replaced, and the
 * number of series is bounded, so that no caller can make a registry grow without limit.
 * @param onOverflow called when a value had to become `other`
 */
export function createSeriesFinder(
  declaration: MetricDeclaration,
  createSeries: CreateSeries,
  onOverflow: () => void,
): CreateSeries {
  const names = Object.keys(declaration.labels);
  const checks = names.map((name) => createValueCheck(declaration, name));
  const known = new Map<string, Series>();

  function normalise(labels: LabelSet): LabelSet {
    const isFull = known.size >= maxSeriesPerMetric;
    const values = names.map((name, index) => {
      const value = labelText(labels[name]);
      return value !== undefined && !isFull && checks[index]?.(value) ? value : otherValue;
    });
    if (values.some((value, index) => value !== labelText(labels[names[index] ?? ''])))
      onOverflow();
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? otherValue]));
  }

  return (labels) => {
    const existing = known.get(keyOf(names, labels));
    if (existing !== undefined) return existing;
    const normal = normalise(labels);
    const key = keyOf(names, normal);
    let series = known.get(key);
    if (series === undefined) {
      series = createSeries(normal);
      known.set(key, series);
    }
    return series;
  };
}

function keyOf(names: readonly string[], labels: LabelSet): string {
  let key = '';
  for (const name of names) {
    const value = labels[name];
    key += (typeof value === 'string' ? value : (labelText(value) ?? '')) + separator;
  }
  return key;
}

/** Callers without types may give anything; objects and symbols have no text worth a series. */
function labelText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'boolean' ? String(value) : undefined;
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
