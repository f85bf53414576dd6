// Runs inside Jest, which loads it by its path: progress, failures at once, and a summary as JSON.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { AggregatedResult, Test, TestCaseResult, TestResult } from '@jest/reporters';
import { formatSeconds, readDurations } from './durations.ts';

/** Jest's command line takes no options of a reporter. */
export const optionsVariable = 'WATCHKEEPER_TEST_PROGRESS';

/** In the environment, as JSON. */
export interface ReporterOptions {
  readonly summaryFile: string;
  readonly label: string;
  /** Remembered from the last run: of the stage, and of its files one after the other. */
  readonly expectedSeconds: number;
  readonly expectedFileSeconds: number;
  /** The expected time of the stages that follow. */
  readonly laterSeconds: number;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** Full titles of the skipped tests. */
  readonly skipped: readonly string[];
  /** Seconds by path from the root. */
  readonly files: Readonly<Record<string, number>>;
}

// Often enough to see that it lives, seldom enough for the log of a CI run.
const printEveryMs = 30_000;

// biome-ignore lint/style/noDefaultExport: Jest takes a reporter from the default export.
export default class ProgressReporter {
  private readonly startedAt = performance.now();
  private readonly files: Record<string, number> = {};
  private readonly skipped: string[] = [];
  private readonly timer = setInterval(() => this.print(), printEveryMs);
  private readonly remembered = readDurations(process.cwd()).files;
  private done = { files: 0, tests: 0, failed: 0, expectedSeconds: 0 };
  private fileCount = 0;
  private latest = '';

  private readonly options = JSON.parse(String(process.env[optionsVariable])) as ReporterOptions;

  onRunStart({ numTotalTestSuites }: AggregatedResult): void {
    this.fileCount = numTotalTestSuites;
  }

  onTestCaseResult(_test: Test, { status, fullName }: TestCaseResult): void {
    this.latest = fullName;
    this.done.tests += 1;
    if (status === 'failed') this.done.failed += 1;
    if (process.stderr.isTTY) this.print();
  }

  onTestResult(test: Test, { failureMessage, testResults, perfStats, console }: TestResult): void {
    const path = relative(process.cwd(), test.path);
    this.done.files += 1;
    const seconds = perfStats.runtime / 1_000;
    this.files[path] = seconds;
    this.done.expectedSeconds += this.remembered[path] ?? seconds;
    for (const { status, fullName } of testResults) {
      if (status === 'pending') this.skipped.push(fullName);
    }
    if (!failureMessage) return;
    const printed = (console ?? []).map(({ message }) => message).join('\n');
    this.write(`FAIL ${path}\n${failureMessage}${printed}`);
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    clearInterval(this.timer);
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    const summary: Summary = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: this.skipped,
      files: this.files,
    };
    writeFileSync(this.options.summaryFile, JSON.stringify(summary));
  }

  getLastError(): void {}

  private print(): void {
    const { label } = this.options;
    const { files, tests, failed } = this.done;
    const elapsed = formatSeconds((performance.now() - this.startedAt) / 1_000);
    const failures = failed > 0 ? `, ${failed} failed` : '';
    this.write(
      `${label}: ${files} of ${this.fileCount} files, ${tests} tests${failures} in ${elapsed}, ` +
        `about ${formatSeconds(this.secondsLeft())} left in all; last: ${this.latest}`,
      process.stderr.isTTY,
    );
  }

  /** From the pace so far; a stage of few long files shows none before its end. */
  private secondsLeft(): number {
    const { expectedSeconds, expectedFileSeconds, laterSeconds } = this.options;
    const elapsed = (performance.now() - this.startedAt) / 1_000;
    const share = this.done.expectedSeconds / expectedFileSeconds;
    const left = share > 0.1 ? elapsed / Math.min(share, 1) - elapsed : expectedSeconds - elapsed;
    return Math.max(0, left) + laterSeconds;
  }

  private write(text: string, isOverwritten = false): void {
    if (!process.stderr.isTTY) return void process.stderr.write(`${text}\n`);
    const { columns = 100 } = process.stderr;
    const shown = isOverwritten ? text.slice(0, columns - 1) : `${text}\n`;
    process.stderr.write(`\r\u001B[K${shown}`);
  }
}
