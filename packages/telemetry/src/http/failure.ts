import type { Response } from 'express';

/** Why a request failed. */
export interface Failure {
  readonly error: unknown;
  /** Whether the answer had begun by then, so that its caller got a part of it. */
  readonly isMidway: boolean;
}

const failures = new WeakMap<Response, Failure>();

/** Remembers why a request failed, so that its one log line and its span can say so. */
export function rememberFailure(response: Response, error: unknown): void {
  failures.set(response, { error, isMidway: response.headersSent });
}

/** The failure that was remembered, if any. */
export function rememberedFailure(response: Response): Failure | undefined {
  return failures.get(response);
}

/**
 * What somebody destroyed the answer with, as `pipeline` does when its source fails: no error handler
 * need ever see it. Nothing where the caller left.
 */
export function streamFailure(response: Response): Failure | undefined {
  if (response.writableFinished || !response.errored) return undefined;
  rememberFailure(response, response.errored);
  return failures.get(response);
}
