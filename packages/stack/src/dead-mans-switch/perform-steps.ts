import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '../process-identity.ts';
import { messageOf } from '../stack-error.ts';
import { stopRecorded } from '../supervision/stop-recorded.ts';
import type { CleanupStep } from './step.ts';

const timeoutMs = 10_000;

/** Performs each step, whether or not the one before it failed; returns the failures. */
export async function performSteps(steps: readonly CleanupStep[]): Promise<string[]> {
  const failures: string[] = [];
  for (const step of steps) {
    try {
      await performStep(step);
    } catch (error) {
      failures.push(`${step.kind}: ${messageOf(error)}`);
    }
  }
  return failures;
}

async function performStep(step: CleanupStep): Promise<void> {
  if (step.kind === 'http') {
    const { method, url, headers = {} } = step;
    const signal = AbortSignal.timeout(timeoutMs);
    await fetch(url, { method, headers, signal });
  } else if (step.kind === 'signal') {
    // The number may belong to another process by now.
    if (isAlive(step)) process.kill(step.pid, step.signal);
  } else if (step.kind === 'command') {
    spawnSync(step.command, step.parameters, { cwd: step.folder, timeout: 60_000 });
  } else if (step.kind === 'stop-recorded') await stopRecorded(step.stateFile);
  else if (step.text === undefined) rmSync(step.file, { force: true });
  else writeFileSync(step.file, step.text);
}
