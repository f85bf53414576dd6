// The only file that knows prom-client, so that replacing it is a change to one file.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDeclaration } from '../catalogue/types.ts';

/** Label values by name, as one series has them. */
export type LabelSet = Readonly<Record<string, string>>;

/** A registry in OpenMetrics, the only text format that can carry exemplars. */
export function createOpenMetricsRegistry(): Registry {
  const registry = new Registry();
  // Must come before the first metric with exemplars is made, or its constructor throws.
  registry.setContentType(
    Registry.OPENMETRICS_CONTENT_TYPE as Parameters<Registry['setContentType']>[0],
  );
  return registry;
}

/** CPU, memory, garbage collection and event-loop lag of this process. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}

/** What a declaration becomes; the three kinds share one shape so that callers need no switch. */
export interface Instrument {
  /** Adds to a counter or a gauge. */
  add(labels: LabelSet, value: number): void;
  /** Sets a gauge. */
  set(labels: LabelSet, value: number): void;
  /** Records one observation; `traceId` becomes its exemplar. */
  observe(labels: LabelSet, value: number, traceId: string | undefined): void;
}

function refuse(name: string, verb: string): never {
  throw new TypeError(`Expected \`${name}\` to be a metric that can ${verb}.`);
}

/** Makes the prom-client metric for a declaration; `collect` runs before each scrape. */
export function createInstrument(
  registry: Registry,
  name: string,
  declaration: MetricDeclaration,
  collect: () => void,
): Instrument {
  const common = {
    name,
    help: declaration.help,
    labelNames: Object.keys(declaration.labels),
    registers: [registry],
    collect,
  };
  if (declaration.type === 'histogram') {
    return wrapHistogram(name, common, declaration);
  }
  if (declaration.type === 'counter') {
    const counter = new Counter(common);
    return {
      add: (labels, value) => counter.inc(labels, value),
      set: () => refuse(name, 'be set'),
      observe: () => refuse(name, 'observe'),
    };
  }
  const gauge = new Gauge(common);
  return {
    add: (labels, value) => gauge.inc(labels, value),
    set: (labels, value) => gauge.set(labels, value),
    observe: () => refuse(name, 'observe'),
  };
}

function wrapHistogram(
  name: string,
  common: { name: string; help: string; labelNames: string[]; registers: Registry[] },
  declaration: MetricDeclaration,
): Instrument {
  const enableExemplars = declaration.exemplars ?? false;
  const histogram = new Histogram({
    ...common,
    buckets: [...(declaration.buckets ?? [])],
    enableExemplars,
  });
  const observe = enableExemplars
    ? (labels: LabelSet, value: number, traceId: string | undefined) =>
        histogram.observe({
          labels,
          value,
          exemplarLabels: traceId === undefined ? {} : { trace_id: traceId },
        })
    : (labels: LabelSet, value: number) => histogram.observe(labels, value);
  return {
    add: () => refuse(name, 'be added to'),
    set: () => refuse(name, 'be set'),
    observe,
  };
}

export type { Registry } from 'prom-client';
