import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@watchkeeper/drills/command/markdown-table';
import { type FrontMatter, frontMatter, symptoms } from '@watchkeeper/drills/runbooks/front-matter';
import { readPage } from '@watchkeeper/drills/runbooks/page';
import { type Alert, readAllAlerts } from '../alerts/alert-rules.ts';
import { type GeneratedFile, replaceMarked } from './generated-file.ts';

const path = 'runbooks/README.md';
const begin = '<!-- Index: made by `npm run generate` from the pages and their rules. -->\n';
const end = '<!-- End of the index. -->\n';

interface Entry {
  readonly alert: Alert;
  readonly page: FrontMatter;
}

/** The runbooks' front page with a regenerated index, by symptom and by component. */
export function runbookIndex(root: string): GeneratedFile {
  const entries = readEntries(root);
  const index = `${bySymptom(entries)}\n\n${byComponent(entries)}`;
  return replaceMarked(root, path, { begin, end, content: `\n${index}\n\n` });
}

/** Alerts with a readable page; the runbooks check reports the others. */
function readEntries(root: string): Entry[] {
  return readAllAlerts(root)
    .sort((left, right) => left.name.localeCompare(right.name))
    .flatMap((alert) => {
      const { data } = frontMatter.safeParse(readFrontMatter(root, alert.name));
      return data === undefined ? [] : [{ alert, page: data }];
    });
}

function readFrontMatter(root: string, name: string): unknown {
  try {
    return readPage(readFileSync(join(root, 'runbooks', `${name}.md`), 'utf8')).frontMatter;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function bySymptom(entries: readonly Entry[]): string {
  const rows = Object.entries(symptoms).flatMap(([symptom, words]) =>
    entries
      .filter(({ page }) => page.symptom === symptom)
      // Critical alerts first.
      .sort((left, right) => rank(left) - rank(right))
      .map(({ alert: { name, annotations, labels } }, index) => {
        const { summary = '' } = annotations;
        const { severity = '' } = labels;
        return [index === 0 ? `**${words}**` : '', summary, severity, `[${name}](${name}.md)`];
      }),
  );
  const head = ['symptom', 'alert summary', 'severity', 'page'];
  return `### By symptom\n\n${markdownTable(head, rows)}`;
}

function rank({ page: { severity } }: Entry): number {
  return ['critical', 'warning', 'info', 'none'].indexOf(severity);
}

function byComponent(entries: readonly Entry[]): string {
  const components = [...new Set(entries.map(({ page }) => page.component))].sort();
  const rows = components.map((component) => {
    const links = entries
      .filter(({ page }) => page.component === component)
      .map(({ alert: { name } }) => `[${name}](${name}.md)`);
    return [component, links.join(', ')];
  });
  return `### By component\n\n${markdownTable(['component', 'pages'], rows)}`;
}
