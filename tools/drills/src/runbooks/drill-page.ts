import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '@watchkeeper/stack';
import { suggestNames } from '../command/suggestions.ts';
import { type Drill, frontMatter } from './front-matter.ts';
import { faultProblems } from './known-faults.ts';
import { type Block, readPage } from './page.ts';
import { pageNames } from './page-names.ts';

/** How an alert is made to fire; never an exemption. */
export type DrillSpec = Exclude<Drill, { exempt: string }>;

/** A runbook as a drill needs it. */
export interface DrillPage {
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'none';
  readonly component: string;
  readonly dashboard: string;
  /** Whether Loki's ruler evaluates its rule; Prometheus does all others. */
  readonly isOfLoki: boolean;
  /** What breaks; or, where nothing can, the reason. */
  readonly drill: DrillSpec | { readonly exempt: string };
  readonly blocks: readonly Block[];
  readonly text: string;
}

/** A page whose alert can be drilled. */
export type DrillablePage = DrillPage & { readonly drill: DrillSpec };

/**
 * Reads the page of an alert.
 * @throws StackError with exit code 2 and the nearest names, or with what is wrong with the drill
 */
export function readDrillPage(root: string, name: string): DrillPage {
  const names = pageNames(root);
  if (!names.includes(name)) {
    const similar = suggestNames(name, names).map((each) => `\`${each}\``);
    const cure = similar.length > 0 ? `Did you mean ${similar.join(' or ')}?` : '';
    throw new StackError(
      `Expected the name of an alert, got \`${name}\`. ${cure || 'All: npm run drill -- --list'}`,
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
      `runbooks/${name}.md: \`${where}\`: ${issue?.message}. Correct it; \`npm run check\` knows more.`,
    );
  }
  const { severity, component, dashboard, drill, rule } = parsed.data;
  refuseUnknownFaults(name, drill);
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

/** Whether the alert can be drilled. */
export function isDrillable(page: DrillPage): page is DrillablePage {
  return !('exempt' in page.drill);
}

/** Every page, in the order of their names. */
export function readAllDrillPages(root: string): DrillPage[] {
  return pageNames(root).map((name) => readDrillPage(root, name));
}
