import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FrontMatter, frontMatter } from '@watchkeeper/drills/runbooks/front-matter';
import { faultProblems } from '@watchkeeper/drills/runbooks/known-faults';
import { type Page, readPage } from '@watchkeeper/drills/runbooks/page';
import { pageNames } from '@watchkeeper/drills/runbooks/page-names';
import { replaceTexts } from '@watchkeeper/drills/systems/replace-texts';
import { type Alert, readAllAlerts } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { blockProblems } from './block-problems.ts';

const sections = [
  ...['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Escalation', 'Recovery', 'Prevention'],
];
// Breaking a machine would break the drill as well; a second Alertmanager, a day of growth and a
// certificate are in no mode. Which alerts these are is in the test of the plan of batches.
const exemptComponents = ['host', 'monitoring', 'edge'];

/** Each alert has a page of its name, each page an alert, and each page is complete. */
export const runbooksCheck: Check = {
  name: 'runbooks',
  async run(root) {
    const alerts = readAllAlerts(root);
    const pages = pageNames(root);
    const names = new Set(alerts.map(({ name }) => name));
    const orphans = pages
      .filter((name) => !names.has(name))
      .map(
        (name) =>
          `runbooks/${name}.md: there is no alert of this name. Delete the page or add the rule.`,
      );
    const missing = alerts
      .filter(({ name }) => !pages.includes(name))
      .map(({ file, name }) => `${file}: \`${name}\` has no page. Copy runbooks/_template.md.`);
    const problems = alerts
      .filter(({ name }) => pages.includes(name))
      .flatMap((alert) => pageProblems(root, alert, names));
    return [...orphans, ...missing, ...problems];
  },
};

function read(root: string, name: string): Page {
  return readPage(readFileSync(join(root, 'runbooks', `${name}.md`), 'utf8'));
}

function pageProblems(root: string, alert: Alert, names: ReadonlySet<string>): string[] {
  const file = `runbooks/${alert.name}.md`;
  const page = read(root, alert.name);
  const result = frontMatter.safeParse(page.frontMatter);
  const ofFrontMatter = result.success
    ? [
        ...twinProblems(alert, result.data),
        ...drillProblems(alert, result.data, names),
        ...changeProblems(root, result.data),
      ]
    : result.error.issues.map(
        ({ path, message }) => `\`${path.join('.') || 'front matter'}\`: ${message}`,
      );
  return [
    ...ofFrontMatter.map((problem) => `${file}:1: ${problem}`),
    ...headProblems(alert, page).map((problem) => `${file}: ${problem}`),
    ...sectionProblems(page).map((problem) => `${file}${problem}`),
    ...page.blocks.flatMap((block) =>
      blockProblems(block).map((problem) => `${file}:${block.line}: ${problem}`),
    ),
  ];
}

/** The fields that a page repeats are those of the rule. */
function twinProblems(alert: Alert, written: FrontMatter): string[] {
  const expected = {
    severity: alert.labels.severity,
    component: alert.labels.component,
    rule: alert.file,
    dashboard: alert.annotations.dashboard_url?.split('/').at(-1),
  };
  return Object.entries(expected)
    .filter(([key, value]) => written[key as keyof typeof expected] !== value)
    .map(
      ([key, value]) =>
        `expected \`${key}: ${value}\` as in the rule, got \`${written[key as keyof typeof expected]}\`.`,
    );
}

function drillProblems(
  { name }: Alert,
  { drill, component }: FrontMatter,
  names: ReadonlySet<string>,
): string[] {
  if ('exempt' in drill) {
    if (exemptComponents.includes(component)) return [];
    const names = exemptComponents.join(', ');
    return [`\`drill\`: expected a drill. Only alerts of ${names} may be exempt.`];
  }
  const ofFaults = (drill.faults ?? []).flatMap(({ app, set }) => faultProblems(app, set));
  const others = [...(drill.also ?? []), ...(drill.mutes ?? [])];
  const unknown = others.filter((other) => !names.has(other) || other === name);
  return [
    ...ofFaults,
    ...unknown.map((other) => `expected an alert besides ${name}, got \`${other}\`.`),
  ].map((problem) => `\`drill\`: ${problem}`);
}

/** A text that a drill replaces is in the shipped file; also where its component cannot run. */
function changeProblems(root: string, { drill }: FrontMatter): string[] {
  const changes = 'exempt' in drill ? [] : (drill.configure ?? []);
  return changes.flatMap(({ file, replace }) => {
    if (replace === undefined) return [];
    const path = join(root, 'monitoring', file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    try {
      replaceTexts(`monitoring/${file}`, text, replace);
      return [];
    } catch (error) {
      return [`\`drill\`: ${(error as Error).message}`];
    }
  });
}

function headProblems({ name, annotations, file, labels }: Alert, page: Page): string[] {
  const problems: string[] = [];
  if (page.title !== name) problems.push(`expected the heading \`# ${name}\`.`);
  const line =
    `Severity ${labels.severity} · [rule](../${file}) · ` +
    `[dashboard](${annotations.dashboard_url})`;
  if (!page.lines.includes(line)) problems.push(`expected the line \`${line}\` below the heading.`);
  return problems;
}

function sectionProblems({ sections: written, blocks, lines }: Page): string[] {
  const problems: string[] = [];
  for (const name of sections) {
    if ((written.get(name)?.text ?? '').trim() === '') {
      problems.push(`: expected a section \`## ${name}\` with text.`);
    }
  }
  const order = [...written.keys()].join(', ');
  if (order !== sections.join(', ')) {
    problems.push(`: expected the sections ${sections.join(', ')}, got ${order}.`);
  }
  for (const name of ['Diagnosis', 'Mitigation']) {
    const { text, line } = written.get(name) ?? { text: '', line: 1 };
    if (!/^1\. /m.test(text))
      problems.push(`:${line}: expected \`## ${name}\` to be numbered steps.`);
  }
  for (const name of ['Diagnosis', 'Recovery']) {
    if (!blocks.some(({ section }) => section === name)) {
      const { line } = written.get(name) ?? { line: 1 };
      problems.push(`:${line}: expected a query or a command in \`## ${name}\`.`);
    }
  }
  const vague = lines.findIndex((line) => /\binvestigate/i.test(line));
  if (vague !== -1) {
    problems.push(
      `:${vague + 1}: says to investigate. Say which query or command, and what it shows.`,
    );
  }
  return problems;
}
