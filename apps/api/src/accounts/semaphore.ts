import { HttpError } from '@watchkeeper/telemetry';

/** Bounds concurrency and the queue. */
export interface Semaphore {
  /** @throws HttpError 503 when the queue is full */
  run<T>(work: () => Promise<T>): Promise<T>;
  waiting(): number;
}

export function createSemaphore(limit: number, maxWaiting: number): Semaphore {
  let running = 0;
  const queue: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < limit) {
      running += 1;
      return;
    }
    // A queue without a bound would answer everybody, long after they have left.
    if (queue.length >= maxWaiting) {
      throw new HttpError(503, 'Too many sign-ins at once.', { code: 'sign_in_overloaded' });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  function leave(): void {
    const next = queue.shift();
    // The place is handed over, so that nobody overtakes who waited.
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    waiting: () => queue.length,
  };
}
