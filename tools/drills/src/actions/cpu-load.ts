import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { InjectedFault } from '../systems/system.ts';

const periodMs = 100;
const code = `
const { workerData } = require('node:worker_threads');
const { busyMs, periodMs } = workerData;
setInterval(() => { const end = performance.now() + busyMs; while (performance.now() < end); }, periodMs);`;

/**
 * Keeps a share of every processor busy; above 1, tasks wait for one. Ends with this process at the
 * latest.
 */
export async function startCpuLoad(share: number): Promise<InjectedFault> {
  const processors = availableParallelism();
  const each = Math.ceil(share);
  const workerData = { busyMs: (periodMs * share) / each, periodMs };
  const workers = Array.from(
    { length: processors * each },
    () => new Worker(code, { eval: true, workerData }),
  );
  return {
    description: `${Math.round(share * 100)} % of ${processors} processors busy`,
    cleanup: [],
    undo: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
