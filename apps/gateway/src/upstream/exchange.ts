import { UpstreamError } from './failures.ts';

/** One question to an upstream, which ends in time or before. */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Ends the question; `reason` is what its answer rejects with. */
  abort(reason: Error): void;
  /** Takes the limit of time away, because the answer is complete. */
  end(): void;
}

/** Begins an exchange that is aborted when it takes longer than `timeoutMs`. */
export function beginExchange(timeoutMs: number): Exchange {
  const controller = new AbortController();
  const abort = (reason: Error) => controller.abort(reason);
  const timer = setTimeout(
    () => abort(new UpstreamError('timeout', `No answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  return { signal: controller.signal, abort, end: () => clearTimeout(timer) };
}
