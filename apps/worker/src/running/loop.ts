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

export interface Loop {
  /** Ends the current sleep. */
  wake(): void;
  /** Resolves when the current run has ended. */
  stop(): Promise<void>;
}

/** Starts a loop that survives every failure: it logs the first, sleeps, and retries. */
export function startLoop({ name, idleMs, run }: LoopOptions, { logger }: Telemetry): Loop {
  const stopping = new AbortController();
  let endSleep = () => {};
  let isAwake = false;
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
      isAwake = false;
      return false;
    }
  }

  function sleep(): Promise<void> {
    if (isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function runAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      isAwake = false;
      const isMore = await runOnce();
      if (!isMore && !stopping.signal.aborted) await sleep();
    }
  }

  const running = runAll();
  const wake = () => {
    isAwake = true;
    endSleep();
  };
  return {
    wake,
    stop() {
      stopping.abort();
      endSleep();
      return running;
    },
  };
}
