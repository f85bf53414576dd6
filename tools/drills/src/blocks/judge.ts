import type { Expectation, Operator } from '../runbooks/expectation.ts';

export type Outcome =
  /** Of a query: a value for each series, line or row (its first column). */
  | { readonly kind: 'values'; readonly values: readonly number[]; readonly text: string }
  | { readonly kind: 'exit'; readonly code: number; readonly text: string }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** It could not run, or was refused. */
  | { readonly kind: 'error'; readonly text: string };

const compare: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

export function meetsExpectation(expected: Expectation, outcome: Outcome): boolean {
  if (outcome.kind === 'error') return false;
  if (expected.kind === 'any') return true;
  if (outcome.kind === 'values') return areValuesMet(expected, outcome.values);
  const isSame =
    (outcome.kind === 'exit' && expected.kind === 'exit' && outcome.code === expected.code) ||
    (outcome.kind === 'status' && expected.kind === 'status' && outcome.status === expected.status);
  return isSame && outcome.text.includes(expected.contains ?? '');
}

function areValuesMet(expected: Expectation, values: readonly number[]): boolean {
  if (expected.kind === 'some') return values.length > 0;
  if (expected.kind === 'none') return values.length === 0;
  if (expected.kind !== 'value') return false;
  const { operator, limit, isAll } = expected;
  // Without measurements a quantile is NaN, which meets no limit and violates none.
  const numbers = values.filter((value) => !Number.isNaN(value));
  const holds = (value: number) => compare[operator](value, limit);
  return isAll ? values.length > 0 && numbers.every(holds) : numbers.some(holds);
}
