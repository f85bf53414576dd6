import { HttpError } from '@watchkeeper/telemetry';
import type { failureReasons } from '../catalogue.ts';

/** Why an upstream gave no answer that could be passed on. */
export type FailureReason = (typeof failureReasons)[number];

/** An upstream failed: it is counted against its circuit breaker, unless that is open. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly reason: FailureReason;
  /** What the caller is answered with. */
  readonly statusCode: number;
  readonly retryAfter: string | undefined;

  constructor(
    reason: FailureReason,
    message: string,
    options: { statusCode?: number; retryAfter?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.statusCode = options.statusCode ?? statusOfReason[reason];
    this.retryAfter = options.retryAfter;
  }
}

const statusOfReason = { status: 502, network: 502, timeout: 504, circuit_open: 503 } as const;

/** The caller has left, so nobody waits for the answer; no fault of the upstream. */
export class CallerLeftError extends Error {
  override readonly name = 'CallerLeftError';

  constructor(options?: ErrorOptions) {
    super('The caller left before the answer.', options);
  }
}

/** The refusal that a caller gets for a failed upstream; it tells nothing of why. */
export function refusalOf(error: UpstreamError): HttpError {
  return new HttpError(error.statusCode, error.message, {
    code: `upstream_${error.reason}`,
    cause: error,
  });
}
