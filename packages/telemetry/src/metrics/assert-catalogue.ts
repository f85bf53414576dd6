import type { MetricCatalogue, MetricDeclaration } from '../catalogue/types.ts';

const namePattern = /^[a-z][a-z0-9_]*$/;

/** @throws TypeError that names every declaration the catalogue should not hold */
export function assertValidCatalogue(catalogue: MetricCatalogue): void {
  const faults = Object.entries(catalogue).flatMap(([name, declaration]) => [
    ...nameFaults(name, declaration),
    ...labelFaults(name, declaration),
    ...bucketFaults(name, declaration),
  ]);
  if (faults.length > 0) throw new TypeError(faults.join('\n'));
}

function nameFaults(name: string, { type }: MetricDeclaration): string[] {
  if (!namePattern.test(name)) return [`Expected \`${name}\` to be in snake_case.`];
  if (type !== 'counter' || name.endsWith('_total')) return [];
  return [`Expected the counter \`${name}\` to end in \`_total\`.`];
}

function labelFaults(name: string, { labels }: MetricDeclaration): string[] {
  return Object.keys(labels)
    .filter((label) => !namePattern.test(label) || label === 'le')
    .map(
      (label) => `Expected label \`${label}\` of \`${name}\` to be in snake_case and not \`le\`.`,
    );
}

function bucketFaults(name: string, { type, buckets = [] }: MetricDeclaration): string[] {
  if (type !== 'histogram') return [];
  const isAscending = buckets.every(
    (bound, index) => index === 0 || bound > (buckets[index - 1] ?? 0),
  );
  if (buckets.length > 0 && isAscending) return [];
  return [`Expected the buckets of \`${name}\` to ascend, got \`${buckets.join(', ')}\`.`];
}

/** @throws TypeError that names a label which the declaration does not have, or lacks */
export function assertLabels(
  name: string,
  { labels: declared }: MetricDeclaration,
  labels: Readonly<Record<string, string>>,
): void {
  const [wanted, got] = [declared, labels].map((set) => Object.keys(set).sort().join(', '));
  if (wanted === got) return;
  throw new TypeError(`Expected the labels of \`${name}\` to be \`${wanted}\`, got \`${got}\`.`);
}
