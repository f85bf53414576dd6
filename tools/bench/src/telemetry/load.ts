import { fork } from 'node:child_process';
import { join } from 'node:path';
import { nextMessage } from './contenders.ts';

/** Requests to send to a service on this machine. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly seconds: number;
  readonly connections: number;
  /** Evenly spaced; without it, each connection sends as soon as it has a response. */
  readonly ratePerSecond?: number;
}

/** Latencies count from when a request was due, not from when it was sent. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Starts the process that sends requests; it serves all contenders, so that it is equally warm. */
export function startLoad() {
  const worker = fork(join(import.meta.dirname, 'load-worker.ts'), []);
  return {
    run(load: Load): Promise<LoadResult> {
      worker.send(load);
      return nextMessage<LoadResult>(worker);
    },
    stop: () => worker.disconnect(),
  };
}
