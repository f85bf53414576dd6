import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Undo } from '../systems/system.ts';

const roundMs = 100;
const code = `
const { workerData } = require('node:worker_threads');
const { busyMs, roundMs } = workerData;
setInterval(() => { const until = performance.now() + busyMs; while (performance.now() < until); }, roundMs);`;

/** Keeps a share of every processor of this machine busy; it ends with this process. */
export async function keepBusy(share: number): Promise<Undo> {
  const workerData = { busyMs: roundMs * share, roundMs };
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(code, { eval: true, workerData }),
  );
  return {
    what: `${Math.round(share * 100)} % of ${workers.length} processors busy`,
    rescue: [],
    heal: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
