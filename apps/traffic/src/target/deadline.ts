/**
 * A timeout that `parent` can end early, and `clear` cancels. `AbortSignal.timeout` would keep all
 * memory of a request until its timeout, long after its response.
 */
export function beginDeadline(parent: AbortSignal, timeoutMs: number) {
  const controller = new AbortController();
  const end = () => controller.abort(parent.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`No response within ${timeoutMs} ms.`, 'TimeoutError'));
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
