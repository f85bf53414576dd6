// The only file that knows prom-client, so that replacing it is a change to one file.
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDeclaration } from '../catalogue/types.ts';
import { toClassicText } from './classic-text.ts';
import { finiteNumber } from './finite-number.ts';
import { createObservations, type HistogramRecord } from './observations.ts';

export type LabelSet = Readonly<Record<string, string>>;

/** Finds or creates a series, which stays valid: a caller on a hot path keeps it. */
export type CreateSeries = (labels: LabelSet) => Series;

/**
 * One series, bound to its labels: recording touches nothing but its own numbers. Values come from
 * callers without types too: text of a number is that number, anything else is refused.
 */
export interface Series {
  /** Adds to a counter or a gauge. */
  add(amount: number): void;
  /** Sets a gauge. */
  set(value: number): void;
  /** Records one observation; `traceId` becomes its exemplar. */
  observe(value: number, traceId?: string): void;
}

export type MetricRegistry = ReturnType<typeof createMetricRegistry>;

/** The text formats of `/metrics`; only OpenMetrics carries exemplars. */
export const metricsContentTypes = {
  openMetrics: Registry.OPENMETRICS_CONTENT_TYPE,
  classic: Registry.PROMETHEUS_CONTENT_TYPE,
} as const;

export type MetricsFormat = keyof typeof metricsContentTypes;

const endMark = '# EOF\n';
// A longer piece would show in the latency of requests that arrive meanwhile.
const maxPieceMs = 10;

/** Makes an empty registry. */
export function createMetricRegistry() {
  const parts = new Map<string, Registry>();

  // A registry for each metric: they can then be rendered one at a time through the public API.
  function addPart(name: string): Registry {
    if (parts.has(name)) throw new TypeError(`Expected \`${name}\` to be declared once.`);
    const part = new Registry();
    // Must come before the first metric with exemplars is made, or its constructor throws.
    part.setContentType(
      metricsContentTypes.openMetrics as Parameters<Registry['setContentType']>[0],
    );
    parts.set(name, part);
    return part;
  }

  collectDefaultMetrics({ register: addPart('process') });
  return {
    /** Creates a metric. */
    create(name: string, declaration: MetricDeclaration, hooks: MetricHooks): CreateSeries {
      const { type, help, labels } = declaration;
      const registers = [addPart(name)];
      const common = { name, help, labelNames: Object.keys(labels), registers, ...hooks };
      return type === 'histogram'
        ? createHistogram(common, declaration)
        : createNumber(type, common);
    },
    /** Everything as text, rendered piece by piece so that requests get their turn. */
    async render(format: MetricsFormat): Promise<string> {
      let text = '';
      let pieceStartedAt = performance.now();
      for (const part of parts.values()) {
        const piece = (await part.metrics()).slice(0, -endMark.length);
        text += format === 'classic' ? toClassicText(piece) : piece;
        if (performance.now() - pieceStartedAt < maxPieceMs) continue;
        await yieldToEventLoop();
        pieceStartedAt = performance.now();
      }
      return format === 'classic' ? text : text + endMark;
    },
  };
}

interface MetricHooks {
  /** Runs before each scrape. */
  readonly collect: () => void;
  /** Called instead of recording a value that is not a finite number. */
  readonly refuseValue: () => void;
}

interface CommonOptions extends MetricHooks {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

function refuse(name: string, verb: string): () => never {
  return () => {
    throw new TypeError(`Expected \`${name}\` to be a metric that can ${verb}.`);
  };
}

// prom-client hashes the labels again at every call, even through `labels()`, which costs more than
// all else on the way of a request. A series therefore holds on to prom-client's own record of it.
// The records are internal, but 15.1.3 is the last release of that line, and a test watches them.
function recordOf<R extends { labels: LabelSet }>(metric: object, labels: LabelSet): R {
  const { hashMap } = metric as { hashMap: Record<string, R> };
  const record = Object.values(hashMap).find((candidate) => candidate.labels === labels);
  if (record === undefined) throw new TypeError('Expected prom-client to keep the labels it got.');
  return record;
}

interface NumberRecord {
  readonly labels: LabelSet;
  value: number;
}

function createNumber(type: 'counter' | 'gauge', options: CommonOptions): CreateSeries {
  const { name, labelNames, refuseValue } = options;
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options);
  // A metric without labels starts with a record of its own, whose labels nobody else has.
  if (labelNames.length === 0) (metric as unknown as { hashMap: object }).hashMap = {};
  return (labels) => {
    metric.inc(labels, 0);
    const record = recordOf<NumberRecord>(metric, labels);
    const set = (value: number) => {
      const number = Number.isFinite(value) ? value : finiteNumber(value);
      if (number === undefined) refuseValue();
      else record.value = number;
    };
    return {
      add(amount) {
        // The call is spared for numbers, which all are on a hot path.
        const number = Number.isFinite(amount) ? amount : finiteNumber(amount);
        if (number === undefined || (type === 'counter' && number < 0)) return refuseValue();
        record.value += number;
      },
      set: type === 'gauge' ? set : refuse(name, 'be set'),
      observe: refuse(name, 'observe'),
    };
  };
}

function createHistogram(
  options: CommonOptions,
  { buckets = [], exemplars = false }: MetricDeclaration,
): CreateSeries {
  const { name, refuseValue } = options;
  const settlers: (() => void)[] = [];
  const histogram = new Histogram({
    ...options,
    buckets: [...buckets],
    enableExemplars: exemplars,
    collect() {
      for (const settle of settlers) settle();
      options.collect();
    },
  });
  return (labels) => {
    histogram.zero(labels);
    const record = recordOf<HistogramRecord>(histogram, labels);
    const { observe, settle } = createObservations(record, buckets, refuseValue);
    settlers.push(settle);
    return { add: refuse(name, 'be added to'), set: refuse(name, 'be set'), observe };
  };
}
