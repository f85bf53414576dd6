import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { StackError } from '@watchkeeper/stack/stack-error';
import { measurementErrorSeconds } from '../observation/alert-timestamps.ts';
import type { DrillSystem } from '../systems/system.ts';
import { hasPassed } from './drill-run.ts';
import type { SuiteResult } from './suite.ts';
import { measureDurations } from './timeline.ts';

export type Measurements = ReturnType<typeof createMeasurements>;

/** The file of `--json`; times are in seconds. */
export function createMeasurements(
  root: string,
  { mode, timeFactor }: Pick<DrillSystem, 'mode' | 'timeFactor'>,
  result: SuiteResult,
) {
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    measuredAt: new Date().toISOString(),
    revision: readRevision(root),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}, ${gib} GiB, ${process.platform}`,
    ...{ mode, timeFactor },
    errorSeconds: measurementErrorSeconds(timeFactor),
    suiteSeconds: Math.round(result.seconds),
    drills: result.runs.map((run) => {
      const { detect = null, notify = null, resolve = null } = measureDurations(run.timestamps);
      const ran = run.blocks.filter(({ verdict }) => verdict !== 'skipped');
      return {
        ...{ name: run.page.name, severity: run.page.severity, hasPassed: hasPassed(run) },
        ...{ detect: round(detect), notify: round(notify), resolve: round(resolve) },
        blocksMet: ran.filter(({ verdict }) => verdict === 'met').length,
        blocksRun: ran.length,
      };
    }),
    skipped: result.skipped,
  };
}

/**
 * One run from several, each of a part of the drills or of some again; the newest of a drill counts.
 * @throws StackError for runs that cannot be compared
 */
export function mergeMeasurements(runs: readonly Measurements[]): Measurements {
  const sorted = runs.toSorted((one, other) => one.measuredAt.localeCompare(other.measuredAt));
  const newest = sorted.at(-1);
  if (newest === undefined) throw new StackError('Expected a run, got none.');
  for (const key of ['mode', 'timeFactor', 'machine'] as const) {
    const values = new Set(sorted.map((run) => run[key]));
    if (values.size > 1) {
      throw new StackError(`Expected runs of one ${key}, got \`${[...values].join('`, `')}\`.`, {
        exitCode: 2,
      });
    }
  }
  const drills = new Map(sorted.flatMap((run) => run.drills.map((drill) => [drill.name, drill])));
  const skipped = new Map(sorted.flatMap((run) => run.skipped.map((each) => [each.name, each])));
  return {
    ...newest,
    revision: [...new Set(sorted.map(({ revision }) => revision))].join(', '),
    suiteSeconds: sorted.reduce((sum, { suiteSeconds }) => sum + suiteSeconds, 0),
    drills: [...drills.values()],
    skipped: [...skipped.values()].filter(({ name }) => !drills.has(name)),
  };
}

function round(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 10) / 10;
}

function readRevision(cwd: string): string {
  const options = { cwd, encoding: 'utf8' } as const;
  return spawnSync('git', ['rev-parse', '--short', 'HEAD'], options).stdout?.trim() || 'unknown';
}
