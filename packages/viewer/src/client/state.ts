import type { Dashboard } from '../model/dashboard.ts';
import { parseDuration } from '../model/duration.ts';
import { rangeOf, type TimeRange } from '../model/time-range.ts';
import { type Choice, choiceToSearch, readVariables, type Variable } from '../model/variables.ts';

/** What was chosen, as the address says it: in Grafana's words, so that addresses can be shared. */
export interface State {
  readonly from: string;
  readonly to: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
}

/** Reads the address; what it doesn't say is as the dashboard has it. */
export function readState({ time, refresh, templating }: Dashboard): State {
  const search = new URLSearchParams(location.search);
  return {
    from: search.get('from') ?? time?.from ?? 'now-1h',
    to: search.get('to') ?? time?.to ?? 'now',
    refresh: search.get('refresh') ?? refresh ?? '',
    variables: readVariables(templating?.list ?? [], search),
  };
}

/** The range that the state means at this moment. */
export function rangeNow({ from, to }: State): TimeRange {
  return rangeOf(from, to, Date.now());
}

/** Every how many milliseconds to ask again; undefined for never. */
export function refreshMs({ refresh }: State): number | undefined {
  const ms = parseDuration(refresh);
  return ms === undefined ? undefined : Math.max(ms, 5_000);
}

/** The state as the part of an address after `?`. */
export function toSearch({ from, to, refresh, variables }: State): string {
  const pairs = [
    ['from', from],
    ['to', to],
    ['refresh', refresh],
  ] as [string, string][];
  for (const variable of variables) {
    for (const [name, value] of choiceToSearch(variable)) pairs.push([name, value]);
  }
  return `?${new URLSearchParams(pairs)}`;
}

/** The state with another choice for one variable. */
export function withChoice(state: State, name: string, choice: Choice): State {
  const variables = state.variables.map((variable) =>
    variable.model.name === name ? { ...variable, choice } : variable,
  );
  return { ...state, variables };
}
