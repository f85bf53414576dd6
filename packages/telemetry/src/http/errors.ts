import { STATUS_CODES } from 'node:http';
import { isNativeError } from 'node:util/types';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { errorTypeName } from '../operations/outcome.ts';
import { activeRequest } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { recordedFailure, recordFailure } from './failure.ts';
import { requestPath } from './route.ts';

export interface ValidationError {
  readonly field: string;
  readonly message: string;
}

export interface HttpErrorOptions {
  /** Short code in `errors_total`, from a closed set of the service's own. */
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly validationErrors?: readonly ValidationError[];
  readonly cause?: unknown;
}

/** A deliberate answer other than success; its message goes to the caller. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly statusCode: number;
  readonly options: HttpErrorOptions;

  constructor(statusCode: number, message: string, options: HttpErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.statusCode = statusCode;
    this.options = options;
  }
}

/** A broken business rule: 409, with the rule in `details.ruleViolated`. */
export class BusinessRuleError extends HttpError {
  override readonly name = 'BusinessRuleError';

  constructor(rule: string, message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(409, message, { code: rule, details: { ruleViolated: rule, ...context } });
  }
}

// Node still has the name of 422 from before RFC 9110.
const reasonPhrases: typeof STATUS_CODES = { ...STATUS_CODES, 422: 'Unprocessable Content' };

// Source: https://nodejs.org/api/errors.html#err_stream_premature_close
const leftCode = 'ERR_STREAM_PREMATURE_CLOSE';

/** Answers unmatched requests with 404. Use it after the last route. */
export function notFoundHandler(): RequestHandler {
  return (request) => {
    throw new HttpError(404, `There is nothing at ${request.method} ${requestPath(request)}.`, {
      code: 'route_not_found',
    });
  };
}

/** Turns every error into the contract's body and counts it. Use it last. */
export function errorHandler(telemetry: Telemetry): ErrorRequestHandler {
  const errors = telemetry.metrics.counter('errors_total');
  return (error, request, response, next) => {
    const refusal = asHttpError(error);
    // The answer was aborted by it, or its caller left, and that has been recorded already.
    if (recordedFailure(response) !== undefined || isCallerGone(response, error)) {
      return next(error);
    }
    // Once the headers are sent the status cannot change: the error counts as ours.
    if (response.headersSent || refusal.statusCode >= 500) recordFailure(response, error);
    errors.increment({
      error_type: refusal.statusCode >= 500 ? errorTypeName(error) : refusal.name,
      error_code: refusal.options.code ?? String(refusal.statusCode),
    });
    if (response.headersSent) return next(error);
    return answer(request, response, refusal);
  };
}

/** Whether a stream failed only because its reader had left. */
function isCallerGone({ closed }: Response, error: unknown): boolean {
  return closed && isNativeError(error) && 'code' in error && error.code === leftCode;
}

/** Source of the body: the project's telemetry contract, section API errors. */
function answer(request: Request, response: Response, refusal: HttpError): void {
  const { statusCode, message, options } = refusal;
  response.status(statusCode).json({
    statusCode,
    error: reasonPhrases[statusCode] ?? 'Error',
    // A 5xx reveals no internals to the caller; the request id finds the log line.
    message: statusCode >= 500 ? 'The request failed. Quote the request id.' : message,
    timestamp: new Date().toISOString(),
    path: requestPath(request),
    requestId: activeRequest()?.requestId ?? '',
    details: statusCode >= 500 ? undefined : options.details,
    validationErrors: options.validationErrors,
  });
}

/** Express and its body parser mark their own refusals with a `status`; all other errors are ours: 500. */
function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (isNativeError(error) && error.name === 'URIError' && 'status' in error) {
    // Express' router, for an undecodable parameter such as `%`, which its message quotes.
    const message = 'Expected a path whose `%` are followed by two hexadecimal digits.';
    return new HttpError(400, message, { code: 'path_malformed', cause: error });
  }
  if (isNativeError(error) && 'status' in error && 'expose' in error && error.expose === true) {
    const code = 'type' in error && typeof error.type === 'string' ? { code: error.type } : {};
    return new HttpError(Number(error.status), error.message, { cause: error, ...code });
  }
  return new HttpError(500, 'Internal server error.', { cause: error });
}
