import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Check } from './check.ts';

const rulesFolder = 'monitoring/prometheus/rules';
// Judged by Loki's ruler; promtool can't test them, all else holds for them as well.
const logRulesFolder = 'monitoring/loki/rules/fake';
const runbookSections = [
  'Meaning',
  'Impact',
  'Diagnosis',
  'Mitigation',
  'Escalation',
  'Recovery',
  'Prevention',
];
const annotations = ['summary', 'description', 'runbook_url', 'dashboard_url'];
const severities = ['critical', 'warning', 'none'];
const maxSummaryLength = 60;

interface Alert {
  readonly name: string;
  readonly file: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One name everywhere: alert, rule test and runbook, with no orphan in any direction. */
export const alertsCheck: Check = {
  name: 'alerts, tests and runbooks',
  async run(root) {
    const alerts = readAlerts(root);
    const all = [...alerts, ...readAlerts(root, logRulesFolder)];
    return [...all.flatMap(ruleFaults), ...testFaults(root, alerts), ...runbookFaults(root, all)];
  },
};

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Expected ${file} to be YAML. ${error}`, { cause: error });
  }
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(ending));
}

/** Every alert of every rule file of the folder, in the order of the files. */
export function readAlerts(root: string, folder = rulesFolder): Alert[] {
  return filesIn(join(root, folder), '.rules.yml').flatMap((file) => {
    const { groups } = readYaml(join(root, folder, file)) as {
      groups: { rules: (Partial<Alert> & { alert?: string })[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    return rules.flatMap(({ alert, labels = {}, annotations: texts = {} }) =>
      alert === undefined
        ? []
        : [{ name: alert, file: `${folder}/${file}`, labels, annotations: texts }],
    );
  });
}

function ruleFaults({ name, file, labels, annotations: texts }: Alert): string[] {
  const faults: string[] = [];
  const where = `${file}: \`${name}\``;
  if (!severities.includes(labels.severity ?? '')) {
    faults.push(`${where}: expected \`severity\` to be one of ${severities.join(', ')}.`);
  }
  if (labels.component === undefined) faults.push(`${where}: expected a \`component\` label.`);
  for (const annotation of annotations) {
    if (texts[annotation] === undefined) faults.push(`${where}: expected a \`${annotation}\`.`);
  }
  const { summary = '', runbook_url: runbook = '' } = texts;
  if (summary.length > maxSummaryLength || !summary.endsWith('.') || summary.includes('{{')) {
    faults.push(
      `${where}: expected a static summary of at most ${maxSummaryLength} characters with a stop, got \`${summary}\`.`,
    );
  }
  if (!runbook.endsWith(`/runbooks/${name}`)) {
    faults.push(
      `${where}: expected \`runbook_url\` to end in \`/runbooks/${name}\`, got \`${runbook}\`.`,
    );
  }
  return faults;
}

/** Each alert has a test in which it fires and one in which it stays quiet; Watchdog always fires. */
function testFaults(root: string, alerts: readonly Alert[]): string[] {
  return alerts.flatMap(({ name, file }) => {
    const testFile = file.replace('.rules.yml', '.test.yml');
    const { tests } = readYaml(join(root, testFile)) as {
      tests: { alert_rule_test?: { alertname: string; exp_alerts?: unknown[] }[] }[];
    };
    const cases = tests.map((test) =>
      (test.alert_rule_test ?? []).filter(({ alertname }) => alertname === name),
    );
    const fires = cases.some((steps) => steps.some((step) => (step.exp_alerts ?? []).length > 0));
    const stays = cases.some(
      (steps) => steps.length > 0 && steps.every((step) => (step.exp_alerts ?? []).length === 0),
    );
    const faults: string[] = [];
    if (!fires) faults.push(`${testFile}: expected a test in which \`${name}\` fires.`);
    if (!stays && name !== 'Watchdog') {
      faults.push(`${testFile}: expected a test in which \`${name}\` stays quiet.`);
    }
    return faults;
  });
}

function runbookFaults(root: string, alerts: readonly Alert[]): string[] {
  const folder = join(root, 'runbooks');
  const pages = filesIn(folder, '.md').filter(
    (file) => file !== 'README.md' && !file.startsWith('_'),
  );
  const names = new Set(alerts.map(({ name }) => name));
  const orphans = pages
    .filter((page) => !names.has(basename(page, '.md')))
    .map(
      (page) =>
        `runbooks/${page}: there is no alert of this name. Delete the page or add the rule.`,
    );
  const pageFaultsOf = (alert: Alert) => {
    if (!pages.includes(`${alert.name}.md`)) {
      return [`${alert.file}: \`${alert.name}\` has no page. Copy runbooks/_template.md.`];
    }
    return pageFaults(alert, readFileSync(join(folder, `${alert.name}.md`), 'utf8'));
  };
  return [...orphans, ...alerts.flatMap(pageFaultsOf)];
}

function pageFaults(alert: Alert, text: string): string[] {
  const file = `runbooks/${alert.name}.md`;
  const faults: string[] = [];
  const frontMatter = parse(/^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? '{}') as Partial<
    Record<string, string>
  >;
  const expected = {
    severity: alert.labels.severity,
    component: alert.labels.component,
    rule: alert.file,
    dashboard: alert.annotations.dashboard_url?.split('/').at(-1),
  };
  for (const [key, value] of Object.entries(expected)) {
    if (frontMatter[key] !== value) {
      faults.push(
        `${file}: expected \`${key}: ${value}\` as in the rule, got \`${frontMatter[key]}\`.`,
      );
    }
  }
  if (!text.includes(`\n# ${alert.name}\n`)) {
    faults.push(`${file}: expected the heading \`# ${alert.name}\`.`);
  }
  for (const section of runbookSections) {
    const body = new RegExp(`\\n## ${section}\\n([\\s\\S]*?)(?=\\n## |$)`).exec(text)?.[1] ?? '';
    if (body.trim() === '') faults.push(`${file}: expected a section \`## ${section}\` with text.`);
  }
  return faults;
}
