import { isNativeError } from 'node:util/types';
import { HttpError } from '@watchkeeper/telemetry';
import type { ErrorRequestHandler } from 'express';

// The server is down, is shutting down, or has no connection left.
// Source: https://www.postgresql.org/docs/18/errcodes-appendix.html
const unavailableCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE'],
  ...['53300', '57P01', '57P02', '57P03'],
]);
// These errors of the pool and the driver have no code.
const unavailableMessages =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|the database system is/;

/** Error middleware that answers 503 if the database is unavailable, so that callers retry. */
export function translateDatabaseErrors(): ErrorRequestHandler {
  return (error, _request, _response, next) => {
    if (!isUnavailable(error)) return next(error);
    const options = { code: 'database_unavailable', cause: error };
    return next(new HttpError(503, 'The database is not available.', options));
  };
}

function isUnavailable(error: unknown): boolean {
  if (!isNativeError(error) || error instanceof HttpError) return false;
  const code = 'code' in error ? String(error.code) : '';
  return unavailableCodes.has(code) || unavailableMessages.test(error.message);
}
