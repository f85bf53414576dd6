import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';

const pollMs = 25;

/** Signals every process of the group that the process leads; a group that has gone is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // macOS answers EPERM, not ESRCH, for a group of which only zombies are left.
    if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/** Waits until the condition holds; returns whether it did so in time. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Stops a group by its leader: the signal, then SIGKILL at the deadline. */
export async function stopGroup(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<void> {
  // Another process under a number that was ours is none of our business.
  if (!isAlive(identity)) return;
  signalGroup(identity.pid, signal);
  if (await waitUntil(() => !isAlive(identity), timeoutMs)) return;
  signalGroup(identity.pid, 'SIGKILL');
}
