import type { MetricCatalogue, MetricDeclaration } from '../catalogue/types.ts';

const namePattern = /^[a-z][a-z0-9_]*$/;

/** @throws TypeError that names every invalid declaration */
export function assertValidCatalogue(catalogue: MetricCatalogue): void {
  const faults: string[] = [];
  for (const [name, { type, labels, buckets = [] }] of Object.entries(catalogue)) {
    if (!namePattern.test(name)) faults.push(`Expected \`${name}\` to be in snake_case.`);
    if (type === 'counter' && !name.endsWith('_total')) {
      faults.push(`Expected the counter \`${name}\` to end in \`_total\`.`);
    }
    for (const label of Object.keys(labels)) {
      if (namePattern.test(label) && label !== 'le') continue;
      faults.push(`Expected label \`${label}\` of \`${name}\` to be in snake_case and not \`le\`.`);
    }
    const isAscending = buckets.every((bound, index) => bound > (buckets[index - 1] ?? -Infinity));
    if (type === 'histogram' && (buckets.length === 0 || !isAscending)) {
      faults.push(`Expected the buckets of \`${name}\` to ascend, got \`${buckets.join(', ')}\`.`);
    }
  }
  if (faults.length > 0) throw new TypeError(faults.join('\n'));
}

/** @throws TypeError that names a label which the declaration does not have, or lacks */
export function assertLabels(
  name: string,
  { labels: declared }: MetricDeclaration,
  labels: Readonly<Record<string, string>>,
): void {
  const [expected, got] = [declared, labels].map((set) => Object.keys(set).sort().join(', '));
  if (expected === got) return;
  throw new TypeError(`Expected the labels of \`${name}\` to be \`${expected}\`, got \`${got}\`.`);
}
