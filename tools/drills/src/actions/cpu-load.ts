import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { InjectedFault } from '../systems/system.ts';

const roundMs = 100;
const code = `
const { workerData } = require('node:worker_threads');
const { busyMs, roundMs } = workerData;
setInterval(() => { const waitUntil = performance.now() + busyMs; while (performance.now() < waitUntil); }, roundMs);`;

/** Keeps a share of every processor of this machine busy; it ends with this process. */
export async function startCpuLoad(share: number): Promise<InjectedFault> {
  const workerData = { busyMs: roundMs * share, roundMs };
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(code, { eval: true, workerData }),
  );
  return {
    what: `${Math.round(share * 100)} % of ${workers.length} processors busy`,
    rescue: [],
    undo: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
