import { HttpError } from '@watchkeeper/telemetry';
import PQueue from 'p-queue';

/** Bounds concurrency and the queue, which is served in order. */
export function createSemaphore(limit: number, maxWaiting: number, onRefused = () => {}) {
  const queue = new PQueue({ concurrency: limit });
  return {
    /** @throws HttpError 429 when the queue is full: deliberate, so no sign of a broken service */
    async run<T>(work: () => Promise<T>): Promise<T> {
      // An unbounded queue would serve callers long after they have left.
      if (queue.size < maxWaiting) return queue.add(work);
      onRefused();
      throw new HttpError(429, 'Too many sign-ins at once. Try again in a few seconds.', {
        code: 'sign_in_overloaded',
      });
    },
    waiting: () => queue.size,
  };
}
