import type { Addresses } from '../generators/addresses.ts';
import type { Amount } from './amount.ts';
import { commonSchema, type GroupConfig, quietTimeOf, type Severities } from './config.ts';
import { fill, namesIn } from './placeholders.ts';
import { readTemplate, type TemplateLine } from './template-lines.ts';

export interface RenderInput {
  /** Paths, for errors. */
  readonly templateFile: string;
  readonly configFile: string;
  readonly template: string;
  readonly config: GroupConfig;
  readonly severities: Severities;
  readonly addresses: Addresses;
  /** Labels by the job that a rule copies from another label, for a ruler that can't relabel. */
  readonly labelsOfJob?: (label: string) => Readonly<Record<string, string>>;
}

/** Read by the engine itself; all other values by a placeholder. */
const common = Object.keys(commonSchema.shape);

/**
 * The rule file of a template. Replaces each `${name}` by the alert's value of that name, else the
 * file's, else a selector. Adds what every alert has: `for`, `keep_firing_for`, `severity`, and the
 * addresses of runbook and dashboard.
 *
 * @throws where template and configuration do not name the same alerts and values.
 */
export function renderRules(input: RenderInput): string {
  const lines = readTemplate(input.template);
  const problems = [...missingIn(input, lines), ...unusedIn(input, lines)];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return lines.flatMap((line) => complete(input, line)).join('\n');
}

/** Where a placeholder's value is in the configuration: `alerts.HighErrorRate.limit`. */
function sourceOf({ config }: RenderInput, { alert = '' }: TemplateLine, name: string) {
  if (config.alerts[alert]?.[name] !== undefined) return `alerts.${alert}.${name}`;
  if (config.values[name] !== undefined) return `values.${name}`;
  return config.selectors[name] === undefined ? undefined : `selectors.${name}`;
}

function amountOf({ config }: RenderInput, { alert = '' }: TemplateLine, name: string): Amount {
  return config.alerts[alert]?.[name] ?? config.values[name] ?? '';
}

function missingIn(input: RenderInput, lines: readonly TemplateLine[]): string[] {
  const { templateFile, configFile, config } = input;
  const missing = lines.flatMap((line) => {
    const { text, alert } = line;
    if (/- alert:/.test(text) && alert !== undefined && config.alerts[alert] === undefined) {
      return [`alerts.${alert}`];
    }
    return namesIn(text)
      .filter((name) => sourceOf(input, line, name) === undefined)
      .map((name) => (alert === undefined ? `values.${name}` : `alerts.${alert}.${name}`));
  });
  return [...new Set(missing)].map(
    (path) => `${configFile}: expected a value \`${path}\`, which ${templateFile} reads. Add it.`,
  );
}

/** What the configuration names and the template never reads: it would be changed in vain. */
function unusedIn(input: RenderInput, lines: readonly TemplateLine[]): string[] {
  const { templateFile, configFile, config } = input;
  const read = new Set(
    lines.flatMap((line) => [
      ...namesIn(line.text).flatMap((name) => sourceOf(input, line, name) ?? []),
      ...[line.alert ?? [], ...common.map((name) => `${line.alert}.${name}`)].map(
        (path) => `alerts.${path}`,
      ),
    ]),
  );
  const written = [
    ...Object.keys(config.selectors).map((name) => `selectors.${name}`),
    ...Object.keys(config.values).map((name) => `values.${name}`),
    ...Object.entries(config.alerts).flatMap(([alert, values]) =>
      read.has(`alerts.${alert}`)
        ? Object.keys(values).map((name) => `alerts.${alert}.${name}`)
        : [`alerts.${alert}`],
    ),
  ];
  return written
    .filter((path) => !read.has(path))
    .map((path) => `${configFile}: \`${path}\` is read nowhere in ${templateFile}. Remove it.`);
}

/** The line with its values, and before or after it those that every alert has. */
function complete(input: RenderInput, line: TemplateLine): string[] {
  const { text, indent, alert = '' } = line;
  const { addresses, severities, config, labelsOfJob } = input;
  const values = config.alerts[alert];
  const [, jobLabel] = /^\s*job: '\{\{ \$labels\.(\w+) \}\}'$/.exec(text) ?? [];
  if (jobLabel !== undefined && labelsOfJob !== undefined) {
    const labels = Object.entries(labelsOfJob(jobLabel));
    return [text, ...labels.map(([name, value]) => `${indent}${name}: '${value}'`)];
  }
  if (values !== undefined && text.trim() === 'labels:') {
    const quiet = quietTimeOf(values, severities);
    return [
      ...(values.for === undefined ? [] : [`${indent}for: ${values.for}`]),
      ...(quiet === undefined ? [] : [`${indent}keep_firing_for: ${quiet}`]),
      text,
      `${indent}  severity: ${values.severity}`,
    ];
  }
  const [, dashboard] = /^\s*dashboard: (\w+)$/.exec(text) ?? [];
  if (dashboard === undefined) {
    return [fill(line, config.selectors, (name) => amountOf(input, line, name))];
  }
  return [
    `${indent}runbook_url: ${addresses.runbooks}/${alert}`,
    `${indent}dashboard_url: ${addresses.dashboards}/${dashboard}`,
  ];
}
