import type { LabelValues, MetricCatalogue, MetricDeclaration } from '../catalogue/types.ts';
import { assertLabels, assertValidCatalogue } from './assert-catalogue.ts';
import { createSeriesFinder } from './labels.ts';
import type { LabelSet, MetricRegistry, Series } from './prom-client.ts';

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

interface CounterHandle<D extends MetricDeclaration> {
  increment(...labels: Arguments<D>): void;
  /** Adds `amount`, which is refused and counted if negative; 0 makes the series exist. */
  add(amount: number, ...labels: Arguments<D>): void;
  /** Runs `read` before each scrape, for counts kept elsewhere. */
  collect(read: () => void): void;
  /**
   * The series of these labels, for a caller on a hot path to keep.
   * @throws TypeError that names a label which the catalogue does not know
   */
  series(...labels: Arguments<D>): Pick<Series, 'add'>;
}

interface GaugeHandle<D extends MetricDeclaration> {
  set(value: number, ...labels: Arguments<D>): void;
  add(amount: number, ...labels: Arguments<D>): void;
  /** Runs `read` before each scrape, so that the gauge is never older than the scrape. */
  collect(read: () => void): void;
}

/** A distribution; values in the unit that ends the metric's name. */
interface HistogramHandle<D extends MetricDeclaration> {
  /** @param traceId the exemplar; pass it only for a sampled trace */
  observe(value: number, labels: LabelsOf<D>, traceId?: string): void;
  /** The series of these labels, for a caller on a hot path to keep. */
  series(labels: LabelsOf<D>): Pick<Series, 'observe'>;
}

/** The metrics of one catalogue, each created at its first use. */
export interface Metrics<C extends MetricCatalogue> {
  readonly catalogue: C;
  counter<N extends NamesOf<C, 'counter'>>(name: N): CounterHandle<C[N]>;
  gauge<N extends NamesOf<C, 'gauge'>>(name: N): GaugeHandle<C[N]>;
  histogram<N extends NamesOf<C, 'histogram'>>(name: N): HistogramHandle<C[N]>;
}

/** Called with the name of a metric. */
interface MetricListeners {
  /** A label value had to become `other`. */
  readonly onOverflow?: (metric: string) => void;
  /** A reader of the metric threw. */
  readonly onCollectError?: (metric: string) => void;
  /** A value was not a finite number, or was negative for a counter. */
  readonly onRefusedValue?: (metric: string) => void;
}

const noLabels: LabelSet = Object.freeze({});

/**
 * Makes the metrics of a catalogue in a registry; several catalogues may share one registry.
 * @throws TypeError that names every invalid declaration
 */
export function createMetrics<const C extends MetricCatalogue>(
  catalogue: C,
  registry: MetricRegistry,
  listeners: MetricListeners = {},
): Metrics<C> {
  assertValidCatalogue(catalogue);
  const entries = new Map<string, ReturnType<typeof createEntry>>();

  function use(name: string, type: MetricDeclaration['type']) {
    const existing = entries.get(name);
    if (existing !== undefined) return existing;
    const declaration = catalogue[name];
    if (declaration?.type !== type) {
      throw new TypeError(
        `Expected a ${type} of the catalogue, got \`${name}\`. Declare it first.`,
      );
    }
    const entry = createEntry(name, declaration, registry, listeners);
    entries.set(name, entry);
    return entry;
  }

  return {
    catalogue,
    counter(name) {
      const { find, bind, collect } = use(name, 'counter');
      return {
        increment: (labels?: LabelSet) => find(labels).add(1),
        add: (amount: number, labels?: LabelSet) => find(labels).add(amount),
        collect,
        series: bind,
      };
    },
    gauge(name) {
      const { find, collect } = use(name, 'gauge');
      return {
        set: (value: number, labels?: LabelSet) => find(labels).set(value),
        add: (amount: number, labels?: LabelSet) => find(labels).add(amount),
        collect,
      };
    },
    histogram(name) {
      const { find, bind } = use(name, 'histogram');
      return {
        observe: (value: number, labels: LabelSet, traceId?: string) =>
          find(labels).observe(value, traceId),
        series: bind,
      };
    },
  };
}

function createEntry(
  name: string,
  declaration: MetricDeclaration,
  registry: MetricRegistry,
  { onOverflow, onCollectError, onRefusedValue }: MetricListeners,
) {
  const collectors: (() => void)[] = [];
  const createSeries = registry.create(name, declaration, {
    collect() {
      for (const collect of collectors) {
        try {
          collect();
        } catch {
          // One unreadable metric must not prevent all others.
          onCollectError?.(name);
        }
      }
    },
    refuseValue: () => onRefusedValue?.(name),
  });
  const find = createSeriesFinder(declaration, createSeries, () => onOverflow?.(name));
  // A metric without labels has one series, which is there from the start.
  if (Object.keys(declaration.labels).length === 0) find(noLabels);
  return {
    find: (labels = noLabels) => find(labels),
    /** The same for a caller that keeps the series; throws for an unknown label. */
    bind: (labels = noLabels) => {
      assertLabels(name, declaration, labels);
      return find(labels);
    },
    collect: (read: () => void) => void collectors.push(read),
  };
}
