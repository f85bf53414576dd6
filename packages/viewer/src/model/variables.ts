import type { VariableModel } from './dashboard.ts';

export interface Choice {
  readonly values: readonly string[];
  readonly isAll: boolean;
}

export interface Variable {
  readonly model: VariableModel;
  readonly choice: Choice;
}

/** How the values of a variable are written. */
export type Format = 'regex' | 'text' | 'queryparam' | 'doublequote';

const all = '$__all';

/** The choices of an address such as `?var-job=api&var-job=worker`, else those of the dashboard. */
export function readVariables(
  models: readonly VariableModel[],
  search: URLSearchParams,
): readonly Variable[] {
  return models
    .filter(({ type }) => type !== 'datasource')
    .map((model) => {
      const chosen = search.getAll(`var-${model.name}`);
      return { model, choice: choiceOf(model, chosen.length > 0 ? chosen : defaultOf(model)) };
    });
}

function defaultOf({ current, type, includeAll }: VariableModel): readonly string[] {
  if (current?.value !== undefined) return [current.value].flat();
  if (type === 'textbox') return [''];
  return includeAll === true ? [all] : [];
}

/** A choice of these values, or of all if the variable allows it. */
function choiceOf({ includeAll, multi }: VariableModel, values: readonly string[]): Choice {
  const isAll = includeAll === true && values.some((value) => value === all || value === 'All');
  return { isAll, values: isAll ? [] : multi === true ? values : values.slice(0, 1) };
}

/** The search parameters of a choice. */
export function choiceToSearch({
  model,
  choice,
}: Variable): readonly (readonly [string, string])[] {
  const values = choice.isAll ? [all] : choice.values;
  return values.map((value) => [`var-${model.name}`, value] as const);
}

/** The values of a custom variable: `a,b`. */
export function customValues({ query }: VariableModel): readonly string[] {
  return typeof query === 'string' ? query.split(',') : [];
}

/** The parts of `label_values(series, label)`; undefined for any other query. */
export function labelValuesQuery({ query }: VariableModel) {
  const text = typeof query === 'string' ? query : (query?.query ?? '');
  const [, series, label] = /^label_values\((.+),\s*([a-zA-Z_]\w*)\s*\)$/s.exec(text) ?? [];
  return series === undefined || label === undefined ? undefined : { series: series.trim(), label };
}

/** The value of `$name` or `${name:format}`; undefined for an unknown name, which stays as it is. */
export type Resolve = (name: string, format: Format) => string | undefined;

const pattern = /\$(?:\{([\w.[\]" -]+)(?::(queryparam|doublequote))?\}|([A-Za-z_]\w*))/g;

/** Replaces the variables of a text; `format` applies unless the text has its own. */
export function interpolate(text: string, resolve: Resolve, format: Format): string {
  return text.replace(pattern, (whole, braced, ownFormat, bare) => {
    return resolve(braced ?? bare, ownFormat ?? format) ?? whole;
  });
}

export function resolveChoices(variables: readonly Variable[]): Resolve {
  return (name, format) => {
    const variable = variables.find(({ model }) => model.name === name);
    return variable === undefined ? undefined : write(variable, format);
  };
}

function write(variable: Variable, format: Format): string {
  const { model, choice } = variable;
  if (format === 'queryparam') {
    return choiceToSearch(variable)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
  }
  if (format === 'text') return choice.isAll ? 'All' : choice.values.join(',');
  if (format === 'doublequote') return choice.values.map(quote).join(',');
  if (choice.isAll) return model.allValue || '.*';
  if (model.type === 'textbox') return choice.values[0] ?? '';
  const escaped = choice.values.map(escapeForQuery);
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

/** A string of PromQL and LogQL with exactly this value: both read the escapes of JSON. */
function quote(value: string): string {
  return JSON.stringify(value.toWellFormed());
}

// A value inside a quoted regular expression loses its meaning twice.
function escapeForQuery(value: string): string {
  return quote(value.replace(/[\\$^*{}[\]+?.()|]/g, '\\$&')).slice(1, -1);
}
