import type { LinkTargets } from '../model/addresses.ts';
import type { Panel, Target } from '../model/dashboard.ts';
import { formatDuration } from '../model/duration.ts';
import { pickExemplars, type ResultExemplars } from '../model/exemplars.ts';
import { alignRange, stepFor } from '../model/interval.ts';
import type { ResultStream } from '../model/log-lines.ts';
import type { Mark } from '../model/marks.ts';
import type { ResultSeries } from '../model/series.ts';
import type { TimeRange } from '../model/time-range.ts';
import { interpolate, type Resolve } from '../model/variables.ts';
import type { Query } from './query.ts';

/** Shared by all panels of one refresh. */
export interface Context {
  readonly range: TimeRange;
  readonly resolve: Resolve;
  readonly query: Query;
  readonly linkTargets: LinkTargets;
  /** Which of `prometheus` and `loki` are configured. */
  readonly sources: readonly string[];
  readonly marks: readonly Mark[];
  readonly onZoom: (range: TimeRange) => void;
}

export type Loaded = Awaited<ReturnType<typeof loadPanel>>;

/** Called before the panel is drawn again. */
export type Dispose = () => void;

/** Draws one type of panel; false or undefined without data. */
export type Draw = (
  host: HTMLElement,
  panel: Panel,
  loaded: Loaded,
  context: Context,
) => boolean | Dispose | undefined;

const maxLogLines = 200;

export function sourceOf(panel: Panel, target: Target): string {
  return target.datasource?.type ?? panel.datasource?.type ?? 'prometheus';
}

/** Runs the queries of a panel. */
export async function loadPanel(panel: Panel, context: Context, points: number) {
  const stepMs = stepFor(context.range, Math.min(points, panel.maxDataPoints ?? points));
  const range = alignRange(context.range, stepMs);
  const length = formatDuration(Math.round((range.to - range.from) / 1_000) * 1_000);
  const resolve: Resolve = (name, format) =>
    name === '__range' ? length : context.resolve(name, format);
  const targets = (panel.targets ?? []).filter(({ expr }) => expr);
  const parts = await Promise.all(
    targets.map((target) => queryTarget(panel, target, { ...context, range, resolve }, stepMs)),
  );
  return {
    /** Of the answers: moved to multiples of the step. */
    range,
    stepMs,
    answers: parts.map(({ answer }) => answer),
    exemplars: parts.flatMap(({ exemplars }) => exemplars),
    streams: parts.flatMap(({ streams }) => streams),
  };
}

async function queryTarget(
  panel: Panel,
  target: Target,
  { query: send, range, resolve }: Context,
  stepMs: number,
) {
  const { refId, expr = '', legendFormat: legend = '' } = target;
  const source = sourceOf(panel, target);
  const query = interpolate(expr, resolve, 'regex');
  const span = { query, start: range.from / 1_000, end: range.to / 1_000 };
  if (panel.type === 'logs') {
    // Nanoseconds exceed a safe integer; Loki accepts fractions of seconds.
    const parameters = { ...span, limit: maxLogLines, direction: 'backward' };
    const { result } = (await send(source, 'query_range', parameters)) as {
      result: ResultStream[];
    };
    return { answer: { refId, legend, result: [] }, exemplars: [], streams: result };
  }
  const isInstant = target.instant === true;
  const [data, exemplars] = await Promise.all([
    isInstant
      ? send(source, 'query', { query, time: span.end })
      : send(source, 'query_range', { ...span, step: stepMs / 1_000 }),
    target.exemplar === true ? send(source, 'query_exemplars', span) : [],
  ]);
  return {
    answer: { refId, legend, result: seriesFrom(data) },
    exemplars: pickExemplars((exemplars ?? []) as ResultExemplars[], range),
    streams: [],
  };
}

export function seriesFrom(data: unknown): readonly ResultSeries[] {
  return (data as { result: readonly ResultSeries[] }).result;
}
