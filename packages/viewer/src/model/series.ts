/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** One line of a picture; its values stand at the moments that all lines share. */
export interface Series {
  readonly refId: string;
  readonly name: string;
  readonly labels: Labels;
  readonly values: readonly (number | null)[];
}

/** Lines over shared moments, in seconds since 1970. */
export interface SeriesSet {
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

/** One series of an answer of Prometheus or Loki. */
export interface AnsweredSeries {
  readonly metric?: Labels;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** What one query brought. */
export interface Answered {
  readonly refId: string;
  readonly legend: string;
  readonly result: readonly AnsweredSeries[];
}

/** What a series is called: the legend with its labels filled in, else all labels. */
export function nameSeries(legend: string, labels: Labels): string {
  if (legend !== '' && legend !== '__auto') {
    return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '').trim();
  }
  const { __name__: metric = '', ...others } = labels;
  const written = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  return written.length === 0 ? metric || 'Value' : `${metric}{${written.join(', ')}}`;
}

/** Puts the answers on one grid of moments; where a series has no sample there is a gap. */
export function toSeriesSet(
  answers: readonly Answered[],
  { from, to }: { readonly from: number; readonly to: number },
  stepMs: number,
): SeriesSet {
  const count = Math.floor((to - from) / stepMs) + 1;
  const times = Array.from({ length: count }, (_, index) => (from + index * stepMs) / 1_000);
  const series = answers.flatMap(({ refId, legend, result }) =>
    result.map(({ metric = {}, values = [] }) => {
      const row: (number | null)[] = new Array(count).fill(null);
      for (const [time, text] of values) {
        const place = Math.round((time * 1_000 - from) / stepMs);
        if (place >= 0 && place < count) row[place] = numberOf(text);
      }
      return { refId, name: nameSeries(legend, metric), labels: metric, values: row };
    }),
  );
  return { times, series: series.filter(({ values }) => values.some((value) => value !== null)) };
}

/** The last value of each series of an answer. */
export function lastValues(
  answers: readonly Answered[],
): { name: string; labels: Labels; value: number | null; values: (number | null)[] }[] {
  return answers.flatMap(({ legend, result }) =>
    result.map(({ metric = {}, value, values = [] }) => {
      const all = (value === undefined ? values : [value]).map(([, text]) => numberOf(text));
      const last = all.findLast((each) => each !== null) ?? null;
      return { name: nameSeries(legend, metric), labels: metric, value: last, values: all };
    }),
  );
}

/** A sample's number; what can't be drawn is absent. */
export function numberOf(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
