import { measurementErrorSeconds } from '../observation/alert-timestamps.ts';
import { type DrillRun, hasPassed } from '../run/drill-run.ts';
import { formatTimeline } from '../run/timeline.ts';

export function formatDrillRun(run: DrillRun, timeFactor: number): string {
  const { page, timestamps, blocks, problems } = run;
  const scale = { timeFactor, errorSeconds: measurementErrorSeconds(timeFactor) };
  const met = blocks.filter(({ verdict }) => verdict === 'met').length;
  const skipped = blocks.filter(({ verdict }) => verdict === 'skipped');
  const unmet = blocks.filter(({ verdict }) => verdict === 'unmet');
  return [
    '',
    `${page.name}: ${hasPassed(run) ? 'passed' : 'FAILED'}`,
    ...formatTimeline(timestamps, scale),
    `  runbook: ${met} blocks as expected, ${unmet.length} not, ${skipped.length} skipped`,
    ...skipped.map(({ line, text }) => `    skipped, line ${line}: ${text}`),
    ...unmet.map(
      ({ line, type, expected, text }) =>
        `    runbooks/${page.name}.md:${line}: expected ${type} \`${expected}\`, got: ${text.slice(0, 400)}`,
    ),
    ...problems.map((problem) => `  ${problem}`),
  ].join('\n');
}
