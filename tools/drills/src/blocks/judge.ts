import type { Expectation, Operator } from '../runbooks/expectation.ts';

/** What a block gave. */
export type Outcome =
  /** Of a query: how much it gave, and the values; of a row the first column. */
  | { readonly kind: 'values'; readonly values: readonly number[]; readonly text: string }
  | { readonly kind: 'exit'; readonly code: number; readonly text: string }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** It could not be run, or was refused. */
  | { readonly kind: 'error'; readonly text: string };

const compare: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

/** Whether what a block gave is what its page says to expect. */
export function meetsExpectation(expected: Expectation, outcome: Outcome): boolean {
  if (outcome.kind === 'error') return false;
  if (expected.kind === 'any') return true;
  if (outcome.kind === 'values') return areValuesMet(expected, outcome.values);
  if (outcome.kind === 'exit') {
    return (
      expected.kind === 'exit' &&
      outcome.code === expected.code &&
      outcome.text.includes(expected.contains ?? '')
    );
  }
  return (
    expected.kind === 'status' &&
    outcome.status === expected.status &&
    outcome.text.includes(expected.contains ?? '')
  );
}

function areValuesMet(expected: Expectation, values: readonly number[]): boolean {
  if (expected.kind === 'some') return values.length > 0;
  if (expected.kind === 'none') return values.length === 0;
  if (expected.kind !== 'value') return false;
  const { operator, limit, isAll } = expected;
  // What nobody measured is neither fast nor slow: a quantile of nothing is no number.
  const numbers = values.filter((value) => !Number.isNaN(value));
  const holds = (value: number) => compare[operator](value, limit);
  return isAll ? values.length > 0 && numbers.every(holds) : numbers.some(holds);
}
