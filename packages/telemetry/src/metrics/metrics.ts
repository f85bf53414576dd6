import type { LabelValues, MetricCatalogue, MetricDeclaration } from '../catalogue/types.ts';
import { createLabelGuard } from './labels.ts';
import { createInstrument, type Instrument, type LabelSet, type Registry } from './prom-client.ts';

type NamesOf<C extends MetricCatalogue, T extends MetricDeclaration['type']> = {
  [N in keyof C & string]: C[N]['type'] extends T ? N : never;
}[keyof C & string];

type ValueOf<V extends LabelValues> = V extends readonly (infer S extends string)[] ? S : string;
type LabelsOf<D extends MetricDeclaration> = {
  readonly [L in keyof D['labels']]: ValueOf<D['labels'][L]>;
};
// Metrics without labels are recorded without an argument for them.
type Arguments<D extends MetricDeclaration> = keyof D['labels'] extends never
  ? []
  : [labels: LabelsOf<D>];

/** A number that only goes up. */
export interface CounterHandle<D extends MetricDeclaration> {
  /** Runs `read` before each scrape, for what is counted elsewhere. */
  collect(read: () => void): void;
  increment(...labels: Arguments<D>): void;
  /** Adds `amount`, which must not be negative. */
  add(amount: number, ...labels: Arguments<D>): void;
}

/** A number that goes up and down. */
export interface GaugeHandle<D extends MetricDeclaration> {
  set(value: number, ...labels: Arguments<D>): void;
  add(amount: number, ...labels: Arguments<D>): void;
  /** Runs `read` before each scrape, so that the gauge is never older than the scrape. */
  collect(read: () => void): void;
}

/** A distribution; values in the unit that ends the metric's name. */
export interface HistogramHandle<D extends MetricDeclaration> {
  /** @param traceId the exemplar; pass it only for a sampled trace */
  observe(value: number, labels: LabelsOf<D>, traceId?: string): void;
}

/** The metrics of one service: made from the catalogue, each at its first use. */
export interface Metrics<C extends MetricCatalogue> {
  readonly catalogue: C;
  counter<N extends NamesOf<C, 'counter'>>(name: N): CounterHandle<C[N]>;
  gauge<N extends NamesOf<C, 'gauge'>>(name: N): GaugeHandle<C[N]>;
  histogram<N extends NamesOf<C, 'histogram'>>(name: N): HistogramHandle<C[N]>;
}

interface Entry {
  readonly declaration: MetricDeclaration;
  readonly instrument: Instrument;
  readonly admit: (labels: LabelSet) => LabelSet;
  readonly collectors: (() => void)[];
}

const namePattern = /^[a-z][a-z0-9_]*$/;
const noLabels: LabelSet = Object.freeze({});

/**
 * Makes the metrics of a catalogue in a registry; several catalogues may share one registry.
 * @param onOverflow called with the metric's name when a label value had to become `other`
 * @throws TypeError that names every declaration the catalogue should not hold
 */
export function createMetrics<const C extends MetricCatalogue>(
  catalogue: C,
  registry: Registry,
  onOverflow: (metric: string) => void = () => {},
): Metrics<C> {
  assertCatalogue(catalogue);
  const entries = new Map<string, Entry>();

  function use(name: string, type: MetricDeclaration['type']): Entry {
    const existing = entries.get(name);
    if (existing !== undefined) return existing;
    const declaration = catalogue[name];
    if (declaration?.type !== type) {
      throw new TypeError(
        `Expected a ${type} of the catalogue, got \`${name}\`. Declare it first.`,
      );
    }
    const collectors: (() => void)[] = [];
    const instrument = createInstrument(registry, name, declaration, () => {
      for (const collect of collectors) collect();
    });
    const guard = createLabelGuard(declaration, () => onOverflow(name));
    const hasLabels = Object.keys(declaration.labels).length > 0;
    const admit = hasLabels ? guard.admit : () => noLabels;
    const entry = { declaration, instrument, admit, collectors };
    entries.set(name, entry);
    return entry;
  }

  return {
    catalogue,
    counter(name) {
      const { instrument, admit, collectors } = use(name, 'counter');
      return {
        collect: (read: () => void) => collectors.push(read),
        increment: (labels?: LabelSet) => instrument.add(admit(labels ?? noLabels), 1),
        add: (amount: number, labels?: LabelSet) =>
          instrument.add(admit(labels ?? noLabels), amount),
      };
    },
    gauge(name) {
      const { instrument, admit, collectors } = use(name, 'gauge');
      return {
        set: (value: number, labels?: LabelSet) => instrument.set(admit(labels ?? noLabels), value),
        add: (amount: number, labels?: LabelSet) =>
          instrument.add(admit(labels ?? noLabels), amount),
        collect: (read: () => void) => collectors.push(read),
      };
    },
    histogram(name) {
      const { instrument, admit } = use(name, 'histogram');
      return {
        observe: (value: number, labels: LabelSet, traceId?: string) =>
          instrument.observe(admit(labels), value, traceId),
      };
    },
  };
}

function assertCatalogue(catalogue: MetricCatalogue): void {
  const faults: string[] = [];
  for (const [name, declaration] of Object.entries(catalogue)) {
    if (!namePattern.test(name)) faults.push(`Expected \`${name}\` to be in snake_case.`);
    if (declaration.type === 'counter' && !name.endsWith('_total')) {
      faults.push(`Expected the counter \`${name}\` to end in \`_total\`.`);
    }
    for (const label of Object.keys(declaration.labels)) {
      if (!namePattern.test(label) || label === 'le') {
        faults.push(
          `Expected label \`${label}\` of \`${name}\` to be in snake_case and not \`le\`.`,
        );
      }
    }
    faults.push(...bucketFaults(name, declaration));
  }
  if (faults.length > 0) throw new TypeError(faults.join('\n'));
}

function bucketFaults(name: string, { type, buckets = [] }: MetricDeclaration): string[] {
  if (type !== 'histogram') return [];
  const isAscending = buckets.every(
    (bound, index) => index === 0 || bound > (buckets[index - 1] ?? 0),
  );
  if (buckets.length > 0 && isAscending) return [];
  return [`Expected the buckets of \`${name}\` to ascend, got \`${buckets.join(', ')}\`.`];
}
