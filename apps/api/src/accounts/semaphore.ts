import { HttpError } from '@watchkeeper/telemetry';
import PQueue from 'p-queue';

/** Bounds concurrency and the queue, which is served in order. */
export function createSemaphore(limit: number, maxWaiting: number) {
  const queue = new PQueue({ concurrency: limit });
  return {
    /** @throws HttpError 503 when the queue is full */
    async run<T>(work: () => Promise<T>): Promise<T> {
      // An unbounded queue would serve callers long after they have left.
      if (queue.size < maxWaiting) return queue.add(work);
      throw new HttpError(503, 'Too many sign-ins at once.', { code: 'sign_in_overloaded' });
    },
    waiting: () => queue.size,
  };
}
