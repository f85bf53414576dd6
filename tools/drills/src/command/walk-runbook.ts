import { StackError } from '@watchkeeper/stack';
import { runBlock, skipReason } from '../blocks/run-block.ts';
import { createPrometheus } from '../observation/monitoring-clients.ts';
import { affectedJobs } from '../run/phases.ts';
import { type DrillPage, isDrillable, readDrillPage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { type Step, splitIntoSteps } from './page-steps.ts';
import { suggestNames } from './suggestions.ts';

/** What `npm run runbook` was asked for. */
export interface RunbookRequest {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isHelp: boolean;
}

/** What one may write. */
export const runbookUsage = `Usage: npm run runbook -- <AlertName> [--label name=value ...]

  Shows the page step by step and runs each block: Enter runs it, s skips it, q quits.
  --label  a label of your alert, such as job=api; by default those of the alert as it fires`;

const flags = ['--label', '--help'];

/**
 * Reads the words after `npm run runbook --`.
 * @throws StackError with exit code 2 and the usage
 */
export function parseRunbookArguments(words: readonly string[]): RunbookRequest {
  const labels: Record<string, string> = {};
  let name = '';
  let isHelp = false;
  const refuse = (message: string) =>
    new StackError(`${message}\n${runbookUsage}`, { exitCode: 2 });
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--help') isHelp = true;
    else if (word === '--label') {
      const label = rest.shift() ?? '';
      const [, key, value] = /^([a-z_]\w*)=(.+)$/.exec(label) ?? [];
      if (key === undefined || value === undefined) {
        throw refuse(`Expected a label such as \`job=api\`, got \`${label}\`.`);
      }
      labels[key] = value;
    } else if (word.startsWith('-')) {
      const [similar] = suggestNames(word, flags);
      throw refuse(
        `Expected a flag that there is, got \`${word}\`.${similar ? ` Did you mean \`${similar}\`?` : ''}`,
      );
    } else if (name !== '') throw refuse(`Expected one alert, got \`${word}\` too.`);
    else name = word;
  }
  if (name === '' && !isHelp) throw refuse('Expected the name of an alert.');
  return { name, labels, isHelp };
}

/** How somebody is asked, and told. */
export interface Terminal {
  print(line: string): void;
  /** What was typed, without the newline; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
}

/** Walks a page with a person; resolves with how many blocks were not as expected. */
export async function walkRunbook(
  root: string,
  { name, labels: given }: RunbookRequest,
  system: DrillSystem,
  { print, ask }: Terminal,
): Promise<number> {
  const page = readDrillPage(root, name);
  const labels = { ...(await findLabels(system, page)), ...given };
  const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  print(`${page.name}, severity ${page.severity}; labels: ${shown.join(' ') || 'none'}`);
  let unmet = 0;
  for (const step of splitIntoSteps(page.text)) {
    print(formatText(step));
    if (step.block === undefined) continue;
    const reason = skipReason(system, step.block);
    if (reason !== undefined) {
      print(`  (not run: ${reason})`);
      continue;
    }
    const answer = await ask('  Enter runs it, s skips it, q quits: ');
    if (answer === undefined || answer.trim() === 'q') return unmet;
    if (answer.trim() === 's') continue;
    const { text, verdict, expected } = await runBlock(system, step.block, labels);
    print(indent(text.length > 4_000 ? `${text.slice(0, 4_000)} …` : text));
    print(`  ${verdict === 'met' ? 'As expected' : 'NOT as expected'}: ${expected}`);
    if (verdict === 'unmet') unmet += 1;
  }
  return unmet;
}

function formatText({ heading, text, block }: Step): string {
  const title = heading === undefined ? '' : `\n## ${heading}\n`;
  const code = block === undefined ? '' : `\n${indent(block.code)}`;
  return `${title}${text}${code}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

/** The labels of the alert as it fires; else the job that its drill would break. */
async function findLabels(
  system: DrillSystem,
  page: DrillPage,
): Promise<Readonly<Record<string, string>>> {
  const url = system.url('prometheus');
  const alerts = url
    ? await createPrometheus(url)
        .alerts()
        .catch(() => [])
    : [];
  const firing = alerts.find(({ labels }) => labels.alertname === page.name);
  if (firing) return firing.labels;
  const [job] = isDrillable(page) ? affectedJobs(page.drill) : [];
  return job === undefined ? {} : { job };
}
