import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { messageOf } from '../stack-error.ts';

const checkIntervalMs = 30_000;
const maximumBytes = 20 * 1024 * 1024;

/** Keeps one older copy of a log that has grown too large; its writer, which appends, notices nothing. */
function boundLog(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maximumBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** Bounds the logs for as long as the stack runs; returns the end of that. */
export function startBoundingLogs(files: string[]): () => void {
  const timer = setInterval(() => {
    for (const file of files) {
      try {
        boundLog(file);
      } catch (error) {
        process.stderr.write(`Could not bound \`${file}\`: ${messageOf(error)}\n`);
      }
    }
  }, checkIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** The last lines of a log file, indented for an error message. */
export function logTail(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15);
  return lines.map((line) => `  ${line}`).join('\n');
}
