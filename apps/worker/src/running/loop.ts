import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '@watchkeeper/telemetry';

interface LoopOptions {
  /** For log lines; a constant. */
  readonly name: string;
  /** Sleep after a run with nothing left to do, or a failed one. */
  readonly idleMs: number;
  /**
   * Does one portion of work.
   * @param stopping aborted when the loop is stopped
   * @returns whether more may be pending
   */
  run(stopping: AbortSignal): Promise<boolean>;
}

export type Loop = ReturnType<typeof startLoop>;

/** Starts a loop that survives every failure: it logs the first, sleeps, and retries. */
export function startLoop({ name, idleMs, run }: LoopOptions, { logger }: Telemetry) {
  const stopping = new AbortController();
  let waking = new AbortController();
  let hasFailed = false;

  async function runOnce(): Promise<boolean> {
    try {
      const isMore = await run(stopping.signal);
      hasFailed = false;
      return isMore;
    } catch (error) {
      if (!hasFailed) {
        logger.error({ event: 'worker_loop_failed', loop: name, err: error }, 'loop failed');
      }
      hasFailed = true;
      // Otherwise notifications in a database outage would make it a busy loop.
      waking = new AbortController();
      return false;
    }
  }

  async function runAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const isMore = await runOnce();
      if (isMore || stopping.signal.aborted) continue;
      await sleep(idleMs, undefined, { signal: waking.signal }).catch(() => {});
    }
  }

  const running = runAll();
  return {
    /** Ends the current sleep, or spares the next. */
    wake: () => waking.abort(),
    /** Resolves when the current run has ended. */
    stop(): Promise<void> {
      stopping.abort();
      waking.abort();
      return running;
    },
  };
}
