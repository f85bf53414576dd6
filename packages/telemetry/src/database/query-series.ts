import type { Telemetry } from '../telemetry.ts';
import { type Operation, operationOf } from './statement.ts';

// A service has some hundred statements; one that inlines values has too many to keep.
const maxKnownTexts = 1_000;
const maxKnownLength = 2_000;

/** Finds the series of a statement by its text, parsed once. */
export function createSeriesByStatement(metrics: Telemetry['metrics']) {
  const duration = metrics.histogram('db_query_duration_seconds');
  const queries = metrics.counter('db_queries_total');
  const bind = (operation: Operation) => ({
    operation,
    duration: duration.series({ operation }),
    success: queries.series({ operation, result: 'success' }),
    error: queries.series({ operation, result: 'error' }),
  });
  type Series = ReturnType<typeof bind>;
  const byOperation = new Map<Operation, Series>();
  const byText = new Map<string, Series>();

  return (text: string): Series => {
    const known = byText.get(text);
    if (known !== undefined) return known;
    const operation = operationOf(text);
    const series = byOperation.get(operation) ?? bind(operation);
    byOperation.set(operation, series);
    if (byText.size < maxKnownTexts && text.length <= maxKnownLength) byText.set(text, series);
    return series;
  };
}
