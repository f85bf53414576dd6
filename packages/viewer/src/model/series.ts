export type Labels = Readonly<Record<string, string>>;

/** One line of a chart, with a value or null for each time of its set. */
export interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly values: readonly (number | null)[];
}

/** Lines over shared times, in seconds since 1970. */
export interface SeriesSet {
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

/** As Prometheus and Loki answer. */
export interface ResultSeries {
  readonly metric?: Labels;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface QueryResult {
  readonly refId: string;
  readonly legend: string;
  readonly result: readonly ResultSeries[];
}

/** The name of a series: its legend with the labels filled in, else all labels. */
export function nameSeries(legend: string, labels: Labels): string {
  if (legend !== '') {
    return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '').trim();
  }
  const { __name__: metric = '', ...others } = labels;
  const written = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  return written.length === 0 ? metric || 'Value' : `${metric}{${written.join(', ')}}`;
}

/** Puts the results on one grid of times; a missing sample is a gap. */
export function toSeriesSet(
  answers: readonly QueryResult[],
  { from, to }: { readonly from: number; readonly to: number },
  stepMs: number,
): SeriesSet {
  const count = Math.floor((to - from) / stepMs) + 1;
  const times = Array.from({ length: count }, (_, index) => (from + index * stepMs) / 1_000);
  const series = answers.flatMap(({ legend, result }) =>
    result.map(({ metric = {}, values = [] }) => {
      const row: (number | null)[] = new Array(count).fill(null);
      for (const [time, text] of values) {
        const place = Math.round((time * 1_000 - from) / stepMs);
        if (place >= 0 && place < count) row[place] = numberOf(text);
      }
      return { name: nameSeries(legend, metric), labels: metric, values: row };
    }),
  );
  return { times, series: series.filter(({ values }) => values.some((value) => value !== null)) };
}

/** The last value of each series. */
export function lastValues(answers: readonly QueryResult[]) {
  return answers.flatMap(({ legend, result }) =>
    result.map(({ metric = {}, value, values = [] }) => {
      const all = (value === undefined ? values : [value]).map(([, text]) => numberOf(text));
      const last = all.findLast((each) => each !== null) ?? null;
      return { name: nameSeries(legend, metric), labels: metric, value: last };
    }),
  );
}

/** A sample's number; null for one that cannot be drawn. */
export function numberOf(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
