// `npm test`: checks, units, rules, contract, browser, end to end, drills, containers. The last line
// counts them all.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from '@watchkeeper/checks/all';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numRuntimeErrorTestSuites: number;
}

const root = join(import.meta.dirname, '..');
const stages = [
  ...(['check', 'unit', 'rules', 'contract'] as const),
  ...(['browser', 'e2e', 'drills', 'containers'] as const),
] as const;
type Stage = (typeof stages)[number];
// Each brings up a whole system or a browser, so they run one after the other.
const heavy: readonly Stage[] = ['browser', 'e2e', 'drills', 'containers'];

function readStages(words: readonly string[]): readonly Stage[] {
  const unknown = words.filter((word) => !stages.some((stage) => stage === word));
  if (unknown.length > 0) {
    console.error(
      `Expected stages of \`${stages.join('`, `')}\`, got \`${unknown.join('`, `')}\`.`,
    );
    console.error('Usage: npm test -- [stage ...]');
    process.exit(2);
  }
  return words.length === 0 ? stages : stages.filter((stage) => words.includes(stage));
}

function runJest(projects: readonly Stage[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-jest-'));
  const report = join(folder, 'report.json');
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  // Jest loads ES modules only behind this flag; its warning about it helps nobody.
  const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jestFlags = ['--selectProjects', ...projects, '--json', `--outputFile=${report}`];
  // Jest's own five seconds are for a machine that does nothing else.
  jestFlags.push('--testTimeout=30000');
  // Whole systems run side by side would starve each other of a small machine's cores.
  if (projects.some((project) => heavy.includes(project))) jestFlags.push('--runInBand');
  spawnSync(process.execPath, [...nodeFlags, jest, ...jestFlags], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as JestResult;
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests,
    };
  } catch (error) {
    console.error(`Jest wrote no report: ${error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const chosen = readStages(process.argv.slice(2));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

function add({ passed, failed, skipped }: Counts): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

if (chosen.includes('check')) add({ ...(await runChecks(root)), skipped: 0 });
const light = chosen.filter((stage) => stage !== 'check' && !heavy.includes(stage));
if (light.length > 0) add(runJest(light));
for (const stage of heavy) if (chosen.includes(stage)) add(runJest([stage]));
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
