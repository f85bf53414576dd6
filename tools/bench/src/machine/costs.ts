import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { StackState } from '@watchkeeper/stack';

const clockTicksPerSecond = 100;

/** Memory now, and CPU time since the start. */
export interface Cost {
  residentMebibytes: number;
  cpuSeconds: number;
}

/** The costs of each component's processes. */
export function readCosts(components: StackState['components']): Map<string, Cost> {
  const costs = new Map<string, Cost>();
  for (const [name, { process: leader }] of Object.entries(components)) {
    if (leader !== undefined) costs.set(name, costOf(leader.pid));
  }
  return costs;
}

// Shared pages are counted once for each process: PostgreSQL's figure is an upper bound.
// The group and the children of the leader: PostgreSQL's children each have a group of their own.
function costOf(leader: number): Cost {
  const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,pgid=,rss='], { encoding: 'utf8' });
  const cost: Cost = { residentMebibytes: 0, cpuSeconds: 0 };
  for (const line of listed.trim().split('\n')) {
    const [pid, parent, group, kibibytes] = line.trim().split(/\s+/).map(Number);
    if (group !== leader && parent !== leader) continue;
    cost.residentMebibytes += (kibibytes ?? 0) / 1_024;
    cost.cpuSeconds += readCpuSeconds(pid);
  }
  return cost;
}

function readCpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
  } catch {
    // It has exited since it was listed.
    return 0;
  }
}

/** Busy seconds of all cores since boot. */
export function readBusySeconds(): number {
  const busyMs = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busyMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
}
