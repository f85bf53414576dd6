import type { Dashboard } from '../model/dashboard.ts';
import { parseDuration } from '../model/duration.ts';
import { type Choice, choiceToSearch, readVariables, type Variable } from '../model/variables.ts';

/** The choices in the address, under Grafana's parameter names. */
export interface State {
  readonly from: string;
  readonly to: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
}

/** Reads the address; the dashboard's own values are the defaults. */
export function readState({ time, refresh, templating }: Dashboard): State {
  const search = new URLSearchParams(location.search);
  return {
    from: search.get('from') ?? time?.from ?? 'now-1h',
    to: search.get('to') ?? time?.to ?? 'now',
    refresh: search.get('refresh') ?? refresh ?? '',
    variables: readVariables(templating?.list ?? [], search),
  };
}

/** The refresh interval in milliseconds; undefined for never. */
export function refreshMs({ refresh }: State): number | undefined {
  const ms = parseDuration(refresh);
  return ms === undefined ? undefined : Math.max(ms, 5_000);
}

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

export function withChoice(state: State, name: string, choice: Choice): State {
  const variables = state.variables.map((variable) =>
    variable.model.name === name ? { ...variable, choice } : variable,
  );
  return { ...state, variables };
}
