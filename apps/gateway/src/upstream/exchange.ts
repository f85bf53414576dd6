import { UpstreamError } from './failures.ts';

/** A request to an upstream, with a timeout. */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Aborts the request; its response rejects with `reason`. */
  abort(reason: Error): void;
  /** Cancels the timeout, because the response is complete. */
  end(): void;
}

export function startExchange(timeoutMs: number): Exchange {
  const controller = new AbortController();
  const abort = (reason: Error) => controller.abort(reason);
  const timer = setTimeout(
    () => abort(new UpstreamError('timeout', `No response within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  return { signal: controller.signal, abort, end: () => clearTimeout(timer) };
}
