import type { Response } from 'express';

export interface Failure {
  readonly error: unknown;
  /** Whether the caller had received a part of the answer by then. */
  readonly isMidway: boolean;
}

const failures = new WeakMap<Response, Failure>();

/** Keeps the error of a request for its log line and its span. */
export function recordFailure(response: Response, error: unknown): void {
  failures.set(response, { error, isMidway: response.headersSent });
}

export function recordedFailure(response: Response): Failure | undefined {
  return failures.get(response);
}

/**
 * The error with which the answer was destroyed, as `pipeline` does when its source fails: that may
 * bypass every error handler. `undefined` if the caller left.
 */
export function streamFailure(response: Response): Failure | undefined {
  if (response.writableFinished || !response.errored) return undefined;
  recordFailure(response, response.errored);
  return failures.get(response);
}
