import { runBlock, skipReason } from '../blocks/run-block.ts';
import { createPrometheus } from '../observation/monitoring-clients.ts';
import { affectedJobs } from '../run/phases.ts';
import { type DrillPage, isDrillable, readDrillPage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { parseCommandLine, usageError } from './arguments.ts';
import { type Step, splitIntoSteps } from './page-steps.ts';
import type { Terminal } from './terminal.ts';

type Labels = Readonly<Record<string, string>>;

export const runbookUsage = `Usage: npm run runbook -- <AlertName> [--label name=value ...]

  Shows the runbook step by step and runs each block: Enter runs it, s skips it, q quits.
  --label  a label of your alert, such as job=api; by default those of the firing alert`;

const options = { label: { type: 'string', multiple: true }, help: { type: 'boolean' } } as const;

/** @throws StackError with exit code 2 and the usage */
export function parseRunbookArguments(words: readonly string[]) {
  const { values, positionals } = parseCommandLine(words, options, runbookUsage);
  const { label = [], help: isHelp = false } = values;
  const [name = '', extra] = positionals;
  if (extra !== undefined)
    throw usageError(`Expected one alert, got \`${extra}\` too.`, runbookUsage);
  if (name === '' && !isHelp) throw usageError('Expected the name of an alert.', runbookUsage);
  const labels = label.map((text) => {
    const [, key, value] = /^([a-z_]\w*)=(.+)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) return [key, value];
    throw usageError(`Expected a label such as \`job=api\`, got \`${text}\`.`, runbookUsage);
  });
  return { name, labels: Object.fromEntries(labels) as Labels, isHelp };
}

/** Resolves to how many blocks did not give what their page expects. */
export async function walkRunbook(
  root: string,
  { name, labels: given }: ReturnType<typeof parseRunbookArguments>,
  system: DrillSystem,
  { print, ask }: Terminal,
): Promise<number> {
  const page = readDrillPage(root, name);
  const labels = { ...(await findLabels(system, page)), ...given };
  const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  print(`${page.name}, severity ${page.severity}; labels: ${shown.join(' ') || 'none'}`);
  let unmet = 0;
  for (const step of splitIntoSteps(page.text)) {
    print(formatStep(step));
    if (step.block === undefined) continue;
    const reason = skipReason(system, step.block);
    if (reason !== undefined) {
      print(`  (skipped: ${reason})`);
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

function formatStep({ heading, text, block }: Step): string {
  const title = heading === undefined ? '' : `\n## ${heading}\n`;
  const code = block === undefined ? '' : `\n${indent(block.code)}`;
  return `${title}${text}${code}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

/** The labels of the firing alert; else the job with the drill's fault. */
async function findLabels(system: DrillSystem, page: DrillPage): Promise<Labels> {
  const url = system.url('prometheus');
  const alerts =
    url === undefined
      ? []
      : await createPrometheus(url)
          .alerts()
          .catch(() => []);
  const firing = alerts.find(({ labels }) => labels.alertname === page.name);
  if (firing) return firing.labels;
  const [job] = isDrillable(page) ? affectedJobs(page.drill) : [];
  return job === undefined ? {} : { job };
}
