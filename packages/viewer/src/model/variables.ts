import type { VariableModel } from './dashboard.ts';

/** What was chosen for a variable. */
export interface Choice {
  readonly values: readonly string[];
  readonly isAll: boolean;
}

/** A variable that a person may choose, and what was chosen. */
export interface Variable {
  readonly model: VariableModel;
  readonly choice: Choice;
}

/** How the values of a variable are put into a text. */
export type Format = 'regex' | 'text' | 'queryparam';

const all = '$__all';

/** The choices of an address such as `?var-job=api&var-job=worker`, else those of the dashboard. */
export function readVariables(
  models: readonly VariableModel[],
  search: URLSearchParams,
): readonly Variable[] {
  return models
    .filter(({ type }) => type !== 'datasource')
    .map((model) => {
      const asked = search.getAll(`var-${model.name}`);
      return { model, choice: choiceOf(model, asked.length > 0 ? asked : defaultOf(model)) };
    });
}

function defaultOf({ current, type, query, includeAll }: VariableModel): readonly string[] {
  const value = current?.value;
  if (value !== undefined) return typeof value === 'string' ? [value] : value;
  if (type === 'textbox' || type === 'constant') return [typeof query === 'string' ? query : ''];
  return includeAll === true ? [all] : [];
}

/** A choice of these values; of all where they say so and the variable has it. */
export function choiceOf({ includeAll, multi }: VariableModel, values: readonly string[]): Choice {
  const isAll = includeAll === true && values.some((value) => value === all || value === 'All');
  return { isAll, values: isAll ? [] : multi === true ? values : values.slice(0, 1) };
}

/** The part of an address that keeps a choice. */
export function choiceToSearch({
  model,
  choice,
}: Variable): readonly (readonly [string, string])[] {
  const values = choice.isAll ? [all] : choice.values;
  return values.map((value) => [`var-${model.name}`, value] as const);
}

/** The values of a custom variable: `a,b` or `Name : a`. */
export function customValues({ query }: VariableModel): readonly string[] {
  const text = typeof query === 'string' ? query : (query?.query ?? '');
  return text
    .split(',')
    .map((part) => part.split(' : ').at(-1)?.trim() ?? '')
    .filter((part) => part !== '');
}

/** What `label_values(series, label)` asks for; undefined where a variable asks something else. */
export function labelValuesQuery(
  model: VariableModel,
): { readonly series: string | undefined; readonly label: string } | undefined {
  const text = typeof model.query === 'string' ? model.query : (model.query?.query ?? '');
  const [, series, label] = /^label_values\((?:(.+),)?\s*([a-zA-Z_]\w*)\s*\)$/s.exec(text) ?? [];
  return label === undefined ? undefined : { series: series?.trim(), label };
}

/** Words that are put in place of `$name` and `${name:format}`; unknown names stay as they are. */
export type Words = (name: string, format: Format) => string | undefined;

const pattern = /\$(?:\{([\w.[\]" -]+)(?::(\w+))?\}|([A-Za-z_]\w*))|\[\[(\w+)\]\]/g;

/** Fills in a text; `format` is how a variable is written where the text doesn't say. */
export function fillIn(text: string, words: Words, format: Format): string {
  return text.replace(pattern, (whole, braced, asked, bare, bracketed) => {
    const name: string = braced ?? bare ?? bracketed;
    return words(name, formatNamed(asked) ?? format) ?? whole;
  });
}

function formatNamed(name: string | undefined): Format | undefined {
  if (name === 'queryparam') return 'queryparam';
  if (name === 'regex' || name === 'pipe') return 'regex';
  return name === 'raw' || name === 'text' || name === 'csv' ? 'text' : undefined;
}

/** The words of the chosen variables. */
export function wordsOf(variables: readonly Variable[]): Words {
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
  if (choice.isAll) return model.allValue || '.*';
  const [only] = choice.values;
  if (model.multi !== true && model.includeAll !== true) return escapeQuotes(only ?? '');
  const escaped = choice.values.map(escapeForQuery);
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

// As Grafana does: a value inside a quoted regular expression loses its meaning twice.
function escapeForQuery(value: string): string {
  return value
    .replace(/\\/g, '\\\\\\\\')
    .replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')
    .replace(/"/g, '\\"');
}

function escapeQuotes(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/'/g, "\\\\'");
}
