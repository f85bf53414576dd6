// The default values of the dashboards' variables, and Grafana's built-in ones.
const defaults: Readonly<Record<string, string>> = {
  job: '.+',
  instance: '.+',
  level: '.+',
  text: '',
  __range: '1h',
  __interval: '30s',
  __rate_interval: '1m',
};

// SQL macros, which only the data source can expand.
const macro = /^__time/;

const pattern = /\$(?:\{(\w+)(:doublequote)?\}|([A-Za-z_]\w*))/g;

/** Replaces variables like Grafana does; throws for an unknown one. */
export function interpolate(
  expression: string,
  values: Readonly<Record<string, string>> = {},
): string {
  // `$1` is a group of a regular expression.
  return expression.replace(pattern, (all, braced, format, bare) => {
    const name: string = braced ?? bare;
    if (macro.test(name)) return all;
    const value = values[name] ?? defaults[name];
    if (value === undefined) {
      throw new Error(`Expected a dashboard variable, got \`$${name}\` in \`${expression}\`.`);
    }
    return format === undefined ? value : JSON.stringify(value);
  });
}

/** Replaces Grafana's macros of the time range by that many hours until now. */
export function fillMacros(expression: string, hours: number): string {
  const from = `now() - interval '${hours} hours'`;
  return expression
    .replace(/\$__timeFilter\((\w+)\)/g, (_, column) => `${column} BETWEEN ${from} AND now()`)
    .replaceAll('$__timeFrom()', `(${from})`)
    .replaceAll('$__timeTo()', 'now()');
}
