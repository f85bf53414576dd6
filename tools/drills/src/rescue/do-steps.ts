import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '@watchkeeper/stack/process-identity';
import type { RescueStep } from './step.ts';

const timeoutMs = 10_000;

/** Does each step; one that fails does not keep the next from being done. Returns the failures. */
export async function doSteps(steps: readonly RescueStep[]): Promise<string[]> {
  const failures: string[] = [];
  for (const step of steps) {
    try {
      await doStep(step);
    } catch (error) {
      failures.push(`${step.kind}: ${(error as Error).message}`);
    }
  }
  return failures;
}

async function doStep(step: RescueStep): Promise<void> {
  if (step.kind === 'http') {
    const { method, url, body } = step;
    const signal = AbortSignal.timeout(timeoutMs);
    await fetch(url, { method, signal, ...(body === undefined ? {} : { body }) });
  } else if (step.kind === 'signal') {
    const { pid, startTime, signal } = step;
    // The number may be another process' by now.
    if (isAlive({ pid, startTime })) process.kill(pid, signal);
  } else if (step.kind === 'command') {
    spawnSync(step.command, step.parameters, { cwd: step.folder, timeout: 60_000 });
  } else if (step.text === undefined) rmSync(step.file, { force: true });
  else writeFileSync(step.file, step.text);
}
