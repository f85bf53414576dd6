/** A limit of time that can be called off. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The time no longer counts. */
  clear(): void;
}

/**
 * Begins a limit of time that `parent` may end early. `AbortSignal.timeout` would keep all that belongs
 * to a request in memory until its time is over, long after its answer.
 */
export function beginDeadline(parent: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController();
  const end = () => controller.abort(parent.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`No answer within ${timeoutMs} ms.`, 'TimeoutError'));
  }, timeoutMs);
  if (parent.aborted) end();
  parent.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', end);
    },
  };
}
