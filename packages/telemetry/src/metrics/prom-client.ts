// The only file that knows prom-client, so that replacing it is a change to one file.
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDeclaration } from '../catalogue/types.ts';
import { createObservations, type HistogramRecord } from './observations.ts';

export type LabelSet = Readonly<Record<string, string>>;

export interface MetricRegistry {
  readonly contentType: string;
  /** Makes a metric; `collect` runs before each scrape. */
  create(name: string, declaration: MetricDeclaration, collect: () => void): Instrument;
  /** Everything as OpenMetrics text, rendered piece by piece so that requests get their turn. */
  render(): Promise<string>;
}

/** A metric: the same three kinds behind one shape, so that callers need no switch. */
export interface Instrument {
  /** The series of these labels. It stays valid, so a caller on a hot path keeps it. */
  series(labels: LabelSet): Series;
}

/** One series, bound to its labels: recording touches nothing but its own numbers. */
export interface Series {
  /** Adds to a counter or a gauge. */
  add(amount: number): void;
  /** Sets a gauge. */
  set(value: number): void;
  /** Records one observation; `traceId` becomes its exemplar. */
  observe(value: number, traceId?: string): void;
}

const endMark = '# EOF\n';
// A longer piece would show in the latency of requests that arrive meanwhile.
const maxPieceMs = 10;

/** Makes an empty registry in OpenMetrics, the only text format that can carry exemplars. */
export function createMetricRegistry(): MetricRegistry {
  const parts = new Map<string, Registry>();

  // A registry for each metric: they can then be rendered one at a time through the public API.
  function addPart(name: string): Registry {
    if (parts.has(name)) throw new TypeError(`Expected \`${name}\` to be declared once.`);
    const part = new Registry();
    // Must come before the first metric with exemplars is made, or its constructor throws.
    part.setContentType(
      Registry.OPENMETRICS_CONTENT_TYPE as Parameters<Registry['setContentType']>[0],
    );
    parts.set(name, part);
    return part;
  }

  collectDefaultMetrics({ register: addPart('process') });
  return {
    contentType: Registry.OPENMETRICS_CONTENT_TYPE,
    create: (name, declaration, collect) =>
      createInstrument(addPart(name), name, declaration, collect),
    async render() {
      let text = '';
      let pieceStartedAt = performance.now();
      for (const part of parts.values()) {
        text += (await part.metrics()).slice(0, -endMark.length);
        if (performance.now() - pieceStartedAt < maxPieceMs) continue;
        await yieldToEventLoop();
        pieceStartedAt = performance.now();
      }
      return text + endMark;
    },
  };
}

function createInstrument(
  registry: Registry,
  name: string,
  declaration: MetricDeclaration,
  collect: () => void,
): Instrument {
  const labelNames = Object.keys(declaration.labels);
  const common = { name, help: declaration.help, labelNames, registers: [registry], collect };
  return declaration.type === 'histogram'
    ? createHistogram(common, declaration)
    : createNumber(declaration.type, common);
}

interface CommonOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
  readonly collect: () => void;
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

function createNumber(type: 'counter' | 'gauge', options: CommonOptions): Instrument {
  const { name, labelNames } = options;
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options);
  // A metric without labels starts with a record of its own, whose labels nobody else has.
  if (labelNames.length === 0) (metric as unknown as { hashMap: object }).hashMap = {};
  return {
    series(labels) {
      metric.inc(labels, 0);
      const record = recordOf<NumberRecord>(metric, labels);
      const set = (value: number) => {
        record.value = value;
      };
      return {
        add(amount) {
          if (type === 'counter' && amount < 0) {
            throw new RangeError(`Expected \`${name}\` to rise, got \`${amount}\`.`);
          }
          record.value += amount;
        },
        set: type === 'gauge' ? set : refuse(name, 'be set'),
        observe: refuse(name, 'observe'),
      };
    },
  };
}

function createHistogram(
  options: CommonOptions,
  { buckets = [], exemplars = false }: MetricDeclaration,
): Instrument {
  const { name } = options;
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
  return {
    series(labels) {
      histogram.zero(labels);
      const record = recordOf<HistogramRecord>(histogram, labels);
      const { observe, settle } = createObservations(record, buckets);
      settlers.push(settle);
      return { add: refuse(name, 'be added to'), set: refuse(name, 'be set'), observe };
    },
  };
}
