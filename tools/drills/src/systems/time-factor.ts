import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const idleTimeFactor = 10;
// Slower than this, a whole suite would take hours.
const minTimeFactor = 3;
const sampleMs = 3_000;

/**
 * The factor by which drills compress time on this machine: 10 where it is idle; less where others
 * keep its cores busy, for what a system does within a compressed window then takes longer.
 */
export async function chooseTimeFactor(): Promise<number> {
  const before = readCpuTimes();
  await sleep(sampleMs);
  const after = readCpuTimes();
  const busyShare = 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total);
  return timeFactorFor(busyShare, (loadavg()[0] ?? 0) / availableParallelism());
}

/** Half busy leaves enough; above that, the factor falls with the competitors for each core. */
export function timeFactorFor(busyShare: number, loadPerCore: number): number {
  const contention = busyShare < 0.5 ? 1 : Math.max(2 * busyShare, loadPerCore);
  return Math.max(minTimeFactor, Math.round(idleTimeFactor / contention));
}

function readCpuTimes(): { readonly idle: number; readonly total: number } {
  const all = cpus().map(({ times }) => times);
  const total = all.flatMap((times) => Object.values(times)).reduce((sum, ms) => sum + ms, 0);
  return { idle: all.reduce((sum, { idle }) => sum + idle, 0), total };
}
