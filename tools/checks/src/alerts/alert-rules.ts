import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '@watchkeeper/dashboards';
import { parse } from 'yaml';
import type { Check } from '../check.ts';
import { severityNames } from '../mixin/config.ts';
import { listFiles } from '../repository/list-files.ts';

const rulesFolder = 'monitoring/prometheus/rules';
// Evaluated by Loki's ruler; promtool can't test them, all other rules hold. A copy may lack them.
const logRulesFolder = 'monitoring/loki/rules/fake';
const annotations = ['summary', 'description', 'runbook_url', 'dashboard_url'];
const maxSummaryLength = 60;
const dashboardUids = dashboards.map(({ uid }) => uid);

/** An alert as its rule declares it. */
export interface Alert {
  readonly name: string;
  readonly file: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A recording as its rule declares it; several rules may record one name. */
export type Recording = Pick<Alert, 'name' | 'expr' | 'labels'>;

type Rule = Partial<Pick<Alert, 'labels' | 'annotations'>> &
  Pick<Alert, 'expr'> & { readonly alert?: string; readonly record?: string };

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { alertname: string; exp_alerts?: unknown[] }[];
  }[];
}

/** Each rule has the labels and annotations of a notification, and tests that fire and that stay quiet. */
export const alertsCheck: Check = {
  name: 'alerts and their tests',
  async run(root) {
    const alerts = readAlerts(root);
    return [...readAllAlerts(root).flatMap(ruleProblems), ...testProblems(root, alerts)];
  },
};

/** The alerts of Prometheus and of Loki's ruler. */
export function readAllAlerts(root: string): Alert[] {
  return [...readAlerts(root), ...readAlerts(root, logRulesFolder)];
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Expected ${file} to be YAML. ${error}`, { cause: error });
  }
}

/** Every alert of every rule file of the folder, in the order of the files. */
export function readAlerts(root: string, folder = rulesFolder): Alert[] {
  return readRules(root, folder).flatMap(
    ({ alert, file, expr, labels = {}, annotations: texts = {} }) =>
      alert === undefined ? [] : [{ name: alert, file, expr, labels, annotations: texts }],
  );
}

/** Every recording of Prometheus' rules. */
export function readRecordings(root: string): Recording[] {
  return readRules(root, rulesFolder).flatMap(({ record, expr, labels = {} }) =>
    record === undefined ? [] : [{ name: record, expr, labels }],
  );
}

function readRules(root: string, folder: string) {
  return listFiles(root, folder, '.rules.yml').flatMap((file) => {
    const { groups } = readYaml(join(root, file)) as { groups: { rules: Rule[] }[] };
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, file })));
  });
}

function ruleProblems({ name, file, labels, annotations: texts }: Alert): string[] {
  const problems: string[] = [];
  const where = `${file}: \`${name}\``;
  if (!severityNames.some((name) => name === labels.severity)) {
    problems.push(`${where}: expected \`severity\` to be one of ${severityNames.join(', ')}.`);
  }
  if (labels.component === undefined) problems.push(`${where}: expected a \`component\` label.`);
  for (const annotation of annotations) {
    if (texts[annotation] !== undefined) continue;
    problems.push(`${where}: expected a \`${annotation}\`. Add it to the rule's annotations.`);
  }
  const { summary = '', runbook_url: runbook = '' } = texts;
  if (summary.length > maxSummaryLength || !summary.endsWith('.') || summary.includes('{{')) {
    problems.push(
      `${where}: expected a static summary of at most ${maxSummaryLength} characters with a stop, got \`${summary}\`.`,
    );
  }
  if (!runbook.endsWith(`/runbooks/${name}`)) {
    problems.push(
      `${where}: expected \`runbook_url\` to end in \`/runbooks/${name}\`, got \`${runbook}\`.`,
    );
  }
  const dashboard = texts.dashboard_url?.split('/').at(-1) ?? '';
  if (!dashboardUids.includes(dashboard)) {
    problems.push(
      `${where}: expected \`dashboard_url\` to end in one of ${dashboardUids.join(', ')}, got \`${dashboard}\`.`,
    );
  }
  return problems;
}

/** Each alert has a test in which it fires and one in which it stays quiet; Watchdog always fires. */
function testProblems(root: string, alerts: readonly Alert[]): string[] {
  const names = new Set(alerts.map(({ name }) => name));
  const orphans = listFiles(root, rulesFolder, '.test.yml').flatMap((file) => {
    const { tests } = readYaml(join(root, file)) as TestFile;
    const tested = tests.flatMap((test) => test.alert_rule_test ?? []);
    const unknown = tested.map(({ alertname }) => alertname).filter((name) => !names.has(name));
    return [...new Set(unknown)].map(
      (name) => `${file}: tests \`${name}\`, an unknown alert. Name it as the rule.`,
    );
  });
  const untested = alerts.flatMap(({ name, file }) => {
    const testFile = file.replace('.rules.yml', '.test.yml');
    if (!existsSync(join(root, testFile))) {
      return [`${testFile}: is missing, so \`${name}\` has no tests. Write it next to its rules.`];
    }
    const { tests } = readYaml(join(root, testFile)) as TestFile;
    const cases = tests.map((test) =>
      (test.alert_rule_test ?? []).filter(({ alertname }) => alertname === name),
    );
    const fires = cases.some((steps) => steps.some((step) => (step.exp_alerts ?? []).length > 0));
    const stays = cases.some(
      (steps) => steps.length > 0 && steps.every((step) => (step.exp_alerts ?? []).length === 0),
    );
    const problems: string[] = [];
    if (!fires) problems.push(`${testFile}: expected a test in which \`${name}\` fires.`);
    if (!stays && name !== 'Watchdog') {
      problems.push(`${testFile}: expected a test in which \`${name}\` stays quiet.`);
    }
    return problems;
  });
  return [...orphans, ...untested];
}
