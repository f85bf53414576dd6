import type { Addresses } from '../generators/addresses.ts';
import { type Amount, toPromql } from './amount.ts';
import type { GroupConfig, Severities } from './config.ts';
import { isComment, readTemplate, type TemplateLine } from './template-lines.ts';

export interface RenderInput {
  /** The template's path, for errors. */
  readonly path: string;
  readonly template: string;
  readonly config: GroupConfig;
  readonly severities: Severities;
  readonly addresses: Addresses;
}

/** Values that every alert has; all others are read by a placeholder. */
const common = ['severity', 'for', 'keepFiringFor'];

/**
 * The rule file of a template. Replaces each `${name}` by the alert's value of that name, the file's,
 * or a selector: as a number in an expression, as written in comments and texts. Adds what every
 * alert has: `for`, `keep_firing_for`, `severity`, the addresses of runbook and dashboard.
 *
 * @throws where template and configuration do not name the same alerts and values.
 */
export function renderRules(input: RenderInput): string {
  const lines = readTemplate(input.template);
  const problems = [...missingIn(input, lines), ...unusedIn(input, lines)];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return lines.flatMap((line) => complete(input, line)).join('\n');
}

/** What a placeholder of the line stands for. */
function amountOf(
  { config }: RenderInput,
  { alert }: TemplateLine,
  name: string,
): Amount | undefined {
  const own = alert === undefined ? undefined : config.alerts[alert]?.[name];
  return own ?? config.values[name] ?? config.selectors[name];
}

function namesIn({ text }: TemplateLine): string[] {
  return [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
}

function missingIn(input: RenderInput, lines: readonly TemplateLine[]): string[] {
  const { path, config, severities } = input;
  const values = lines.flatMap((line) =>
    namesIn(line)
      .filter((name) => amountOf(input, line, name) === undefined)
      .map((name) => `${path}: \`\${${name}}\`${line.alert ? ` of \`${line.alert}\`` : ''}`),
  );
  const alerts = lines.flatMap(({ text, alert }) =>
    alert !== undefined && text.includes('- alert:') && config.alerts[alert] === undefined
      ? [`${path}: \`${alert}\``]
      : [],
  );
  const unknown = Object.entries(config.alerts)
    .filter(([, { severity }]) => !Object.hasOwn(severities, severity))
    .map(([alert, { severity }]) => {
      const known = Object.keys(severities).join(', ');
      return `${path}: \`${alert}\`: expected a severity of ${known}, got \`${severity}\`.`;
    });
  const absent = [...values, ...alerts].map((what) => `${what}: its configuration has no value.`);
  return [...absent, ...unknown];
}

/** What the configuration names and the template never reads: it would be changed in vain. */
function unusedIn({ path, config }: RenderInput, lines: readonly TemplateLine[]): string[] {
  const alerts = new Set(lines.flatMap(({ alert }) => alert ?? []));
  const read = new Set(lines.flatMap(namesIn));
  const readBy = new Set(
    lines.flatMap((line) => namesIn(line).map((name) => `${line.alert}.${name}`)),
  );
  const names = [
    ...Object.keys({ ...config.selectors, ...config.values }).filter((name) => !read.has(name)),
    ...Object.keys(config.alerts).filter((alert) => !alerts.has(alert)),
    ...Object.entries(config.alerts)
      .flatMap(([alert, values]) => Object.keys(values).map((name) => ({ alert, name })))
      .filter(({ name }) => !common.includes(name))
      .map(({ alert, name }) => `${alert}.${name}`)
      .filter((name) => !readBy.has(name)),
  ];
  return names.map((name) => `${path}: never reads \`${name}\` of its configuration. Remove it.`);
}

/** The line with its values, and before or after it those that every alert has. */
function complete(input: RenderInput, line: TemplateLine): string[] {
  const { text, indent, alert = '' } = line;
  const { addresses, severities } = input;
  const config = input.config.alerts[alert];
  if (config !== undefined && text.trim() === 'labels:') {
    const quiet =
      config.keepFiringFor ?? severities[config.severity as keyof Severities]?.keepFiringFor;
    return [
      ...(config.for === undefined ? [] : [`${indent}for: ${config.for}`]),
      ...(quiet === undefined ? [] : [`${indent}keep_firing_for: ${quiet}`]),
      text,
      `${indent}  severity: ${config.severity}`,
    ];
  }
  const [, dashboard] = /^\s*dashboard: (\w+)$/.exec(text) ?? [];
  if (dashboard === undefined) return [fill(input, line)];
  return [
    `${indent}runbook_url: ${addresses.runbooks}/${alert}`,
    `${indent}dashboard_url: ${addresses.dashboards}/${dashboard}`,
  ];
}

function fill(input: RenderInput, line: TemplateLine): string {
  const filled = line.text.replace(/\$\{(\w+)\}/g, (_, name: string, at: number) => {
    const value = amountOf(input, line, name) ?? '';
    const before = line.text.slice(0, at);
    const isSelector = Object.hasOwn(input.config.selectors, name);
    return line.isExpression && !isSelector && !isComment(before)
      ? toPromql(value, before)
      : String(value);
  });
  // An empty selector leaves a comma behind the others, or nothing in its braces.
  return line.isExpression ? filled.replace(/,\s*\}/g, '}').replace(/(\w)\{\}/g, '$1') : filled;
}
