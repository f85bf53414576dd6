import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '@watchkeeper/stack';
import { suggestNames } from '../command/suggestions.ts';
import { type Drill, frontMatter } from './front-matter.ts';
import { faultProblems } from './known-faults.ts';
import { readPage } from './page.ts';
import { pageNames } from './page-names.ts';

/** The faults that make an alert fire. */
export type DrillSpec = Exclude<Drill, { exempt: string }>;

export type DrillPage = ReturnType<typeof readDrillPage>;

export type DrillablePage = DrillPage & { readonly drill: DrillSpec };

/**
 * Reads the runbook of an alert.
 * @throws StackError with exit code 2 and similar names, or with the problems of its front matter
 */
export function readDrillPage(root: string, name: string) {
  const names = pageNames(root);
  if (!names.includes(name)) {
    const similar = suggestNames(name, names).map((each) => `\`${each}\``);
    const fix = similar.length > 0 ? `Did you mean ${similar.join(' or ')}?` : '';
    throw new StackError(
      `Expected the name of an alert, got \`${name}\`. ${fix || 'List them: npm run drill -- --list'}`,
      { exitCode: 2 },
    );
  }
  const text = readFileSync(join(root, 'runbooks', `${name}.md`), 'utf8');
  const { frontMatter: written, blocks } = readPage(text);
  const parsed = frontMatter.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'front matter';
    throw new StackError(
      `runbooks/${name}.md: \`${where}\`: ${issue?.message}. Correct it, then run \`npm run check\`.`,
    );
  }
  const { severity, component, dashboard, drill, rule } = parsed.data;
  refuseUnknownFaults(name, drill);
  // Evaluated by Loki's ruler, not by Prometheus.
  const isOfLoki = rule.startsWith('monitoring/loki/');
  return { name, severity, component, dashboard, isOfLoki, drill, blocks, text };
}

function refuseUnknownFaults(name: string, drill: Drill): void {
  const faults = 'exempt' in drill ? [] : (drill.faults ?? []);
  const problems = faults.flatMap(({ app, set }) => faultProblems(app, set));
  if (problems.length > 0) {
    throw new StackError(`runbooks/${name}.md: \`drill\`: ${problems.join(' ')}`);
  }
}

export function isDrillable(page: DrillPage): page is DrillablePage {
  return !('exempt' in page.drill);
}

/** Sorted by name. */
export function readAllDrillPages(root: string): DrillPage[] {
  return pageNames(root).map((name) => readDrillPage(root, name));
}
