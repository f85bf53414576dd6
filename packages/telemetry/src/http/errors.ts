import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { errorTypeName } from '../operations/outcome.ts';
import { readProperty } from '../operations/read-property.ts';
import { activeRequest } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { recordedFailure, recordFailure } from './failure.ts';
import { HttpError } from './http-error.ts';
import { reasonPhrase, refusalOf } from './refusal.ts';
import { requestPath } from './route.ts';

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

/**
 * Turns every error into the contract's body and counts it; it never throws. Use it last. The
 * `status` or `statusCode` of any error counts from 400 to 599; anything else is a 500.
 */
export function errorHandler(telemetry: Telemetry): ErrorRequestHandler {
  const errors = telemetry.metrics.counter('errors_total');
  // Express knows handlers of errors by their four parameters.
  return (error, request, response, _next) => {
    const refusal = refusalOf(error);
    // The answer was aborted by it, or its caller left, and that has been recorded already.
    if (recordedFailure(response) !== undefined || isCallerGone(response, error)) {
      return abandon(request);
    }
    // Once the headers are sent the status cannot change: the error counts as ours.
    if (response.headersSent || refusal.statusCode >= 500) recordFailure(response, error);
    errors.increment({
      error_type: refusal.statusCode >= 500 ? errorTypeName(error) : refusal.name,
      error_code: String(refusal.options.code ?? refusal.statusCode),
    });
    if (response.headersSent) return abandon(request);
    return answer(request, response, refusal);
  };
}

/** As Express' own handler does, which would also print the error as it is, secrets and all. */
function abandon({ socket }: Request): void {
  socket.destroy();
}

/** Whether a stream failed only because its reader had left. */
function isCallerGone({ closed }: Response, error: unknown): boolean {
  return closed && readProperty(error, 'code') === leftCode;
}

/** Source of the body: the project's telemetry contract, section API errors. */
function answer(request: Request, response: Response, refusal: HttpError): void {
  const { statusCode, message, options } = refusal;
  const body = {
    statusCode,
    error: reasonPhrase(statusCode),
    // A 5xx reveals no internals to the caller; the request id finds the log line.
    message: statusCode >= 500 ? 'The request failed. Quote the request id.' : message,
    timestamp: new Date().toISOString(),
    path: requestPath(request),
    requestId: activeRequest()?.requestId ?? '',
    details: statusCode >= 500 ? undefined : options.details,
    validationErrors: options.validationErrors,
  };
  response.status(statusCode);
  try {
    response.json(body);
  } catch {
    // Details that JSON has no form of: the answer goes out without them.
    const { details: _, validationErrors: __, ...plain } = body;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(plain));
  }
}
