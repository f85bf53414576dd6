import { HttpError } from '@watchkeeper/telemetry';
import { UpstreamError } from './failures.ts';

/** A request to an upstream, with a timeout for the upstream and one for the caller's body. */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Aborts the request; its response rejects with `reason`. */
  abort(reason: Error): void;
  /** From now on the caller is waited for: a slow one must not count as a slow upstream. */
  waitForCaller(): void;
  /** From now on the upstream is waited for, with its whole time ahead. */
  waitForUpstream(): void;
  /** Cancels the timeout, because the response is complete. */
  end(): void;
}

/** @param timeoutMs how long the upstream may take, and in all the caller for its body */
export function startExchange(timeoutMs: number): Exchange {
  const controller = new AbortController();
  const abort = (reason: Error) => controller.abort(reason);
  let timer: NodeJS.Timeout | undefined;
  let callerMs = timeoutMs;
  let waitingSince: number | undefined;
  let isOver = false;

  function restart(ms: number, createReason: () => Error): void {
    clearTimeout(timer);
    if (isOver) return;
    timer = setTimeout(() => abort(createReason()), ms);
  }

  function waitForUpstream(): void {
    if (waitingSince !== undefined) callerMs -= performance.now() - waitingSince;
    waitingSince = undefined;
    restart(timeoutMs, () => new UpstreamError('timeout', `No response within ${timeoutMs} ms.`));
  }

  waitForUpstream();
  return {
    signal: controller.signal,
    abort,
    waitForUpstream,
    waitForCaller() {
      waitingSince = performance.now();
      restart(callerMs, () => lateBody(timeoutMs));
    },
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function lateBody(timeoutMs: number): HttpError {
  return new HttpError(408, `Expected the whole body within ${timeoutMs} ms.`, {
    code: 'body_too_late',
  });
}
