import { bucketsOf } from '../names/known-names.ts';
import type { Signal } from './schema.ts';

/** A series in promtool's notation. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

interface Rate {
  readonly for: number;
  readonly isAbsent?: true;
  readonly isReset?: boolean;
  readonly perSecond?: number;
  readonly once?: number;
}

/** The series of a signal, with a sample every `interval` seconds. */
export function expandSignal(signal: Signal, interval: number): readonly InputSeries[] {
  if ('gauge' in signal) {
    return [{ series: signal.gauge, values: gaugeValues(signal.phases, interval) }];
  }
  if ('counter' in signal) {
    return [{ series: signal.counter, values: counterValues(signal.phases, interval) }];
  }
  if ('histogram' in signal) return histogramSeries(signal.histogram, signal.phases, interval);
  return httpSeries(signal.http, signal.phases, interval);
}

type GaugePhase = Extract<Signal, { gauge: string }>['phases'][number];

function gaugeValues(phases: readonly GaugePhase[], interval: number): string {
  return phases
    .map((phase) => {
      const count = phase.for / interval;
      if ('isAbsent' in phase) return `_x${count}`;
      if ('value' in phase) return `${phase.value}x${count - 1}`;
      const [from, to] = phase.ramp;
      return progression(from, (to - from) / count, count);
    })
    .join(' ');
}

/** Promtool's `a+bxn` is the value `a` and `n` more. */
function progression(from: number, step: number, count: number): string {
  return `${exact(from)}${step < 0 ? '-' : '+'}${exact(Math.abs(step))}x${count - 1}`;
}

function counterValues(phases: readonly Rate[], interval: number): string {
  let value = 0;
  return phases
    .map((phase) => {
      const count = phase.for / interval;
      if (phase.isAbsent) return `_x${count}`;
      if (phase.isReset) value = 0;
      value += phase.once ?? 0;
      const step = (phase.perSecond ?? 0) * interval;
      const text = progression(value + step, step, count);
      value += step * count;
      return text;
    })
    .join(' ');
}

// Sums of tenths are not tenths in binary; nine digits are more than any rule can tell apart.
function exact(value: number): string {
  return String(Number(value.toFixed(9)));
}

type HistogramPhase = Extract<Signal, { histogram: string }>['phases'][number];

function histogramSeries(
  selector: string,
  phases: readonly HistogramPhase[],
  interval: number,
): InputSeries[] {
  const [name = '', labels = ''] = selector.replace(/\}$/, '').split('{');
  const atMost = (limit: number) =>
    phases.map((phase) =>
      'isAbsent' in phase ? phase : { ...phase, perSecond: phase.perSecond * within(phase, limit) },
    );
  const buckets = [...bucketsOf(name), Number.POSITIVE_INFINITY].map((limit) => ({
    series: `${name}_bucket{${labels}, le="${leOf(limit)}"}`,
    values: counterValues(atMost(limit), interval),
  }));
  const count = counterValues(atMost(Number.POSITIVE_INFINITY), interval);
  return [...buckets, { series: `${name}_count{${labels}}`, values: count }];
}

function within({ slow }: { slow: Readonly<Record<string, number>> }, limit: number): number {
  const over = Object.entries(slow).filter(([seconds]) => Number(seconds) > limit);
  return 1 - over.reduce((sum, [, part]) => sum + part, 0);
}

/** As Prometheus stores it: a whole number has a decimal. */
function leOf(limit: number): string {
  if (limit === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isInteger(limit) ? `${limit}.0` : String(limit);
}

type HttpPhase = Extract<Signal, { http: string }>['phases'][number];

function httpSeries(labels: string, phases: readonly HttpPhase[], interval: number): InputSeries[] {
  const part = (errors: boolean) =>
    phases.map((phase) => {
      if ('isAbsent' in phase) return phase;
      const ratio = errors ? phase.errors : 1 - phase.errors;
      return { ...phase, perSecond: phase.perSecond * ratio };
    });
  const counter = (status: string, rates: readonly Rate[]) => ({
    series: `http_requests_total{${labels}, status_code="${status}"}`,
    values: counterValues(rates, interval),
  });
  const hasErrors = phases.some((phase) => 'errors' in phase && phase.errors > 0);
  return [
    counter('200', part(false)),
    ...(hasErrors ? [counter('500', part(true))] : []),
    ...histogramSeries(`http_request_duration_seconds{${labels}}`, phases, interval),
  ];
}
