import type { Telemetry } from '@watchkeeper/telemetry';

/** Work that is done over and over. */
export interface LoopOptions {
  /** In lines of the log; a constant. */
  readonly name: string;
  /** How long it rests when there is nothing to do, in milliseconds. */
  readonly idleMs: number;
  /**
   * Does one portion.
   * @param stopping aborted when the loop is to end soon
   * @returns whether more may be waiting
   */
  run(stopping: AbortSignal): Promise<boolean>;
}

/** A loop that runs until it is stopped. */
export interface Loop {
  /** Ends its rest. */
  wake(): void;
  /** Resolves when the portion at hand is done. */
  stop(): Promise<void>;
}

/** Starts a loop that outlives every failure: it says so once, rests, and tries again. */
export function startLoop({ name, idleMs, run }: LoopOptions, { logger }: Telemetry): Loop {
  const stopping = new AbortController();
  let endRest = () => {};
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
      // To be woken would make a busy loop of a database that is away.
      isAwake = false;
      return false;
    }
  }

  function rest(): Promise<void> {
    if (isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function runAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      isAwake = false;
      const isMore = await runOnce();
      if (!isMore && !stopping.signal.aborted) await rest();
    }
  }

  const running = runAll();
  const wake = () => {
    isAwake = true;
    endRest();
  };
  return {
    wake,
    stop() {
      stopping.abort();
      endRest();
      return running;
    },
  };
}
