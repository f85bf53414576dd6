import type { Places } from '../model/addresses.ts';
import type { Panel, Target } from '../model/dashboard.ts';
import { formatDuration } from '../model/duration.ts';
import { type AnsweredExemplars, type Exemplar, pickExemplars } from '../model/exemplars.ts';
import { alignRange, stepFor } from '../model/interval.ts';
import type { AnsweredStream } from '../model/log-lines.ts';
import type { Mark } from '../model/marks.ts';
import type { Answered, AnsweredSeries } from '../model/series.ts';
import type { TimeRange } from '../model/time-range.ts';
import { fillIn, type Words } from '../model/variables.ts';
import type { Ask } from './ask.ts';

/** What every panel of one drawing shares. */
export interface Context {
  readonly range: TimeRange;
  readonly words: Words;
  readonly ask: Ask;
  readonly places: Places;
  /** Which of `prometheus` and `loki` can be asked. */
  readonly sources: readonly string[];
  readonly marks: readonly Mark[];
  readonly onZoom: (range: TimeRange) => void;
}

/** What the queries of a panel brought. */
export interface Loaded {
  /** The range of the answers, moved to multiples of the step. */
  readonly range: TimeRange;
  readonly stepMs: number;
  readonly answers: readonly Answered[];
  readonly exemplars: readonly Exemplar[];
  readonly streams: readonly AnsweredStream[];
}

const maxLogLines = 200;

/** Which source a query is asked of: what its type says. */
export function sourceOf(panel: Panel, target: Target): string {
  return target.datasource?.type ?? panel.datasource?.type ?? 'prometheus';
}

/** Asks every query of a panel. */
export async function loadPanel(panel: Panel, context: Context, points: number): Promise<Loaded> {
  const most = Math.min(points, panel.maxDataPoints ?? points);
  const stepMs = stepFor(context.range, most);
  const range = alignRange(context.range, stepMs);
  const length = formatDuration(Math.round((range.to - range.from) / 1_000) * 1_000);
  const words: Words = (name, format) =>
    name === '__range' ? length : context.words(name, format);
  const targets = (panel.targets ?? []).filter(({ hide, expr }) => hide !== true && expr);
  const parts = await Promise.all(
    targets.map((target) => askTarget(panel, target, { ...context, range, words }, stepMs)),
  );
  return {
    range,
    stepMs,
    answers: parts.map(({ answered }) => answered),
    exemplars: parts.flatMap(({ exemplars }) => exemplars),
    streams: parts.flatMap(({ streams }) => streams),
  };
}

interface Part {
  readonly answered: Answered;
  readonly exemplars: readonly Exemplar[];
  readonly streams: readonly AnsweredStream[];
}

async function askTarget(
  panel: Panel,
  target: Target,
  { ask, range, words }: Context,
  stepMs: number,
): Promise<Part> {
  const { refId, expr = '', legendFormat: legend = '' } = target;
  const source = sourceOf(panel, target);
  const query = fillIn(expr, words, 'regex');
  const span = { query, start: range.from / 1_000, end: range.to / 1_000 };
  if (panel.type === 'logs') {
    // Nanoseconds would exceed what a number holds; Loki takes seconds with a fraction too.
    const asked = { ...span, limit: maxLogLines, direction: 'backward' };
    const { result } = (await ask(source, 'query_range', asked)) as { result: AnsweredStream[] };
    return { answered: { refId, legend, result: [] }, exemplars: [], streams: result };
  }
  const isInstant = target.instant === true || target.queryType === 'instant';
  const [data, exemplars] = await Promise.all([
    isInstant
      ? ask(source, 'query', { query, time: span.end })
      : ask(source, 'query_range', { ...span, step: stepMs / 1_000 }),
    target.exemplar === true ? ask(source, 'query_exemplars', span) : [],
  ]);
  return {
    answered: { refId, legend, result: resultOf(data) },
    exemplars: pickExemplars((exemplars ?? []) as AnsweredExemplars[], range),
    streams: [],
  };
}

/** The series of an answer; a number without labels is one too. */
export function resultOf(data: unknown): readonly AnsweredSeries[] {
  const { resultType, result } = data as { resultType: string; result: unknown };
  if (resultType === 'scalar') return [{ value: result as [number, string] }];
  return resultType === 'vector' || resultType === 'matrix' ? (result as AnsweredSeries[]) : [];
}
