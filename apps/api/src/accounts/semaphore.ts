import { HttpError } from '@watchkeeper/telemetry';
import PQueue from 'p-queue';

interface SemaphoreOptions {
  readonly concurrency: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly onRefused?: () => void;
}

/** Bounds concurrency and the queue, which is served in order. */
export function createSemaphore({ concurrency, onRefused, ...limits }: SemaphoreOptions) {
  const queue = new PQueue({ concurrency });
  const refuse = () => {
    onRefused?.();
    return new HttpError(429, 'Too many sign-ins at once. Try again in a few seconds.', {
      code: 'sign_in_overloaded',
    });
  };
  return {
    /**
     * @throws HttpError 429 when the queue is full, or its turn came too late: deliberate, so no sign of
     *   a broken service
     */
    async run<T>(work: () => Promise<T>): Promise<T> {
      // An unbounded queue would serve callers long after they have left.
      if (queue.size >= limits.maxWaiting) throw refuse();
      const since = performance.now();
      return await queue.add(() => {
        if (performance.now() - since > limits.maxWaitMs) throw refuse();
        return work();
      });
    },
    waiting: () => queue.size,
  };
}
