import type { failureReasons } from '../catalogue.ts';

type FailureReason = (typeof failureReasons)[number];

/** The upstream failed; counts against its circuit breaker unless that is open. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly reason: FailureReason;
  /** The status for the caller. */
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

/** The caller disconnected; not a failure of the upstream. */
export class CallerLeftError extends Error {
  override readonly name = 'CallerLeftError';

  constructor(options?: ErrorOptions) {
    super('The caller disconnected before the response.', options);
  }
}
