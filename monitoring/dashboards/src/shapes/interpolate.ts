/** What is chosen at the top of a dashboard when nobody has chosen anything, and what Grafana adds. */
const defaults: Readonly<Record<string, string>> = {
  job: '.+',
  instance: '.+',
  level: '.+',
  text: '',
  __range: '1h',
  __interval: '30s',
  __rate_interval: '1m',
};

// Macros of SQL, which only its data source can fill in.
const macro = /^__time/;

/** The expression with its variables filled in, as Grafana would; throws at one that is unknown. */
export function interpolate(
  expression: string,
  values: Readonly<Record<string, string>> = {},
): string {
  // A number after the sign is a group of a regular expression.
  return expression.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (all, braced, bare) => {
    const name: string = braced ?? bare;
    if (macro.test(name)) return all;
    const value = values[name] ?? defaults[name];
    if (value === undefined) {
      throw new Error(
        `Expected a variable of the dashboard, got \`$${name}\` in \`${expression}\`.`,
      );
    }
    return value;
  });
}
