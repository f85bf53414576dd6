/** The values a label may take: a closed set, or templates whose number has a bound. */
export type LabelValues = readonly string[] | { readonly atMost: number };

/** One metric as the catalogue declares it; `help` is shown in `/metrics` and in the reference. */
export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Upper bounds in the metric's unit; histograms only. */
  readonly buckets?: readonly number[];
  /** Whether observations carry the id of the trace they were made in; histograms only. */
  readonly exemplars?: boolean;
}

/** Declarations by metric name. */
export type MetricCatalogue = Readonly<Record<string, MetricDeclaration>>;

/** One log event: its level, its meaning and its fields besides the common ones. */
export interface LogEventDeclaration {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly meaning: string;
  readonly fields: readonly string[];
}

/** Declarations by event name, `{domain}_{action}_{status}`. */
export type LogEventCatalogue = Readonly<Record<string, LogEventDeclaration>>;

type Labels = Readonly<Record<string, LabelValues>>;
type NoLabels = Readonly<Record<never, never>>;

/** Declares a counter; its name ends in `_total`. */
export function counter<const L extends Labels = NoLabels>(help: string, labels = {} as L) {
  return { type: 'counter', help, labels } as const;
}

export function gauge<const L extends Labels = NoLabels>(help: string, labels = {} as L) {
  return { type: 'gauge', help, labels } as const;
}

/** Declares a histogram; `buckets` are upper bounds in the metric's unit, ascending. */
export function histogram<const L extends Labels>(
  help: string,
  labels: L,
  buckets: readonly number[],
  { exemplars = false }: { readonly exemplars?: boolean } = {},
) {
  return { type: 'histogram', help, labels, buckets, exemplars } as const;
}

function declareEvent(level: LogEventDeclaration['level']) {
  return (meaning: string, fields = ''): LogEventDeclaration => ({
    level,
    meaning,
    fields: fields.split(' ').filter(Boolean),
  });
}

/** Declares log events by level; `fields` are the names that follow the common ones, by spaces. */
export const event = {
  debug: declareEvent('debug'),
  info: declareEvent('info'),
  warn: declareEvent('warn'),
  error: declareEvent('error'),
  fatal: declareEvent('fatal'),
} as const;
