import { fork } from 'node:child_process';
import { join } from 'node:path';
import { answerOf } from './contenders.ts';

/** Requests to send to a service on this machine. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly seconds: number;
  readonly connections: number;
  /** So many, evenly; as many as it takes unless given. */
  readonly ratePerSecond?: number;
}

/** How it went. Latencies count from when a request was due, not from when it could be sent. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Starts what sends the requests; it stays, so that it is warm for every contender alike. */
export function startLoad() {
  const worker = fork(join(import.meta.dirname, 'load-worker.ts'), []);
  return {
    run(load: Load): Promise<LoadResult> {
      worker.send(load);
      return answerOf<LoadResult>(worker);
    },
    stop: () => worker.disconnect(),
  };
}

/** What sends the requests. */
export type LoadGenerator = ReturnType<typeof startLoad>;
