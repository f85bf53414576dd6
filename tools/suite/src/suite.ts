import { runChecks } from '@watchkeeper/checks/all';
import { parseSuiteArguments, type Stage } from './arguments.ts';
import { isOf, type Selection, selectChangedTests } from './changed-tests.ts';
import { type Durations, formatSeconds, readDurations, rememberDurations } from './durations.ts';
import { type JestRun, runJest } from './jest.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Part = Stage | 'light';

// One run of Jest: they share its start and its workers.
const light: readonly Stage[] = ['contract', 'rules', 'unit'];

/** Runs the stages; the last line counts their tests. Resolves to the exit code. */
export async function runSuite(root: string, parameters: readonly string[]): Promise<0 | 1> {
  const { stages, isQuick } = parseSuiteArguments(parameters);
  const durations = readDurations(root);
  const lightStages = stages.filter((stage) => light.includes(stage));
  const selection =
    isQuick && lightStages.length > 0
      ? selectChangedTests(root, lightStages, durations)
      : undefined;
  const parts = partsOf(stages);
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [index, part] of parts.entries()) {
    const laterSeconds = sumSeconds(parts.slice(index + 1), durations, selection);
    const expectedSeconds = sumSeconds([part], durations, selection);
    const label = part === 'light' ? lightStages.join(', ') : part;
    console.log(
      `\n${label}: about ${formatSeconds(expectedSeconds)}, ` +
        `${formatSeconds(expectedSeconds + laterSeconds)} left in all`,
    );
    const projects = part === 'light' ? lightStages : [part];
    const startedAt = performance.now();
    const counts =
      part === 'check'
        ? { ...(await runChecks(root)), skipped: 0 }
        : runTests(root, {
            ...{ projects, label, expectedSeconds, laterSeconds },
            expectedFileSeconds: sumFileSeconds(projects, durations, selection),
            isSerial: part !== 'light',
            ...(selection && { files: selection.files }),
          });
    const seconds = (performance.now() - startedAt) / 1_000;
    if (!isQuick || part === 'check') rememberDurations(root, { stages: { [part]: seconds } });
    console.log(`${label}: ${describe(counts)} in ${formatSeconds(seconds)}`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  total.skipped += printLeftOut(selection);
  console.log(`\n${describe(total)}`);
  return total.failed === 0 ? 0 : 1;
}

const describe = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

function partsOf(stages: readonly Stage[]): readonly Part[] {
  return [...new Set(stages.map((stage) => (light.includes(stage) ? 'light' : stage)))];
}

function sumSeconds(
  parts: readonly Part[],
  { stages }: Durations,
  selection: Selection | undefined,
): number {
  const secondsOf = (part: Part) => {
    if (part !== 'light' || selection === undefined) return stages[part] ?? 0;
    return selection.seconds;
  };
  return parts.reduce((sum, part) => sum + secondsOf(part), 0);
}

/** Infinite where none of the files ever ran here, so that the pace is not judged by them. */
function sumFileSeconds(
  projects: readonly Stage[],
  { files }: Durations,
  selection: Selection | undefined,
): number {
  if (selection !== undefined) return 2 * selection.seconds;
  const known = Object.entries(files).filter(([file]) =>
    projects.some((project) => isOf(project, file)),
  );
  const sum = known.reduce((total, [, seconds]) => total + seconds, 0);
  return sum > 0 ? sum : Number.MAX_VALUE;
}

function runTests(root: string, run: JestRun): Counts {
  if (run.files?.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const { passed, failed, skipped, files } = runJest(root, run);
  for (const title of skipped) console.log(`skip ${title}`);
  rememberDurations(root, { files });
  return { passed, failed, skipped: skipped.length };
}

function printLeftOut(selection: Selection | undefined): number {
  let count = 0;
  for (const [owner, files] of selection?.leftOut ?? []) {
    console.log(`skip ${files} test files of ${owner} (no time for them with --quick)`);
    count += files;
  }
  return count;
}
