import { HttpError } from '@watchkeeper/telemetry';

/** Bounds concurrency and the queue, which is served in order. */
export function createSemaphore(limit: number, maxWaiting: number) {
  let running = 0;
  const queue: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < limit) {
      running += 1;
      return;
    }
    // An unbounded queue would serve callers long after they have left.
    if (queue.length >= maxWaiting) {
      throw new HttpError(503, 'Too many sign-ins at once.', { code: 'sign_in_overloaded' });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  function leave(): void {
    const next = queue.shift();
    // The slot is handed over, so that nobody overtakes the queue.
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    /** @throws HttpError 503 when the queue is full */
    async run<T>(work: () => Promise<T>): Promise<T> {
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
