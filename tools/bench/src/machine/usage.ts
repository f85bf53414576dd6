import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { StackState } from '@watchkeeper/stack';

const clockTicksPerSecond = 100;

export type Usage = ReturnType<ReturnType<typeof watchUsage>>;

/**
 * The returned function returns the cores in use since the call, by component, by all of them, and
 * by the machine's other processes, and the memory that each component has resident.
 */
export function watchUsage(components: StackState['components']) {
  const before = { atMs: Date.now(), busySeconds: readBusySeconds(), costs: readCosts(components) };
  return () => {
    const seconds = (Date.now() - before.atMs) / 1_000;
    const rows = [...readCosts(components)].map(([name, { residentMebibytes, cpuSeconds }]) => ({
      ...{ name, residentMebibytes },
      cores: (cpuSeconds - (before.costs.get(name)?.cpuSeconds ?? 0)) / seconds,
    }));
    const ownCores = rows.reduce((sum, { cores }) => sum + cores, 0);
    const busyCores = (readBusySeconds() - before.busySeconds) / seconds;
    return {
      ownCores,
      otherCores: Math.max(0, busyCores - ownCores),
      components: rows.sort((a, b) => b.cores - a.cores),
    };
  };
}

function readCosts(components: StackState['components']) {
  const entries = Object.entries(components).flatMap(([name, { process: leader }]) =>
    leader === undefined ? [] : [[name, costOf(leader.pid)] as const],
  );
  return new Map(entries);
}

// Shared pages are counted once for each process: PostgreSQL's figure is an upper bound.
// The group and the children of the leader: PostgreSQL's children each have a group of their own.
function costOf(leader: number) {
  const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,pgid=,rss='], { encoding: 'utf8' });
  const cost = { residentMebibytes: 0, cpuSeconds: 0 };
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
function readBusySeconds(): number {
  const busyMs = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busyMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
}
