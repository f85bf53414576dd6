import { STATUS_CODES } from 'node:http';
import { isMap } from 'node:util/types';
import { readProperty } from '../operations/read-property.ts';
import { HttpError, type ValidationError } from './http-error.ts';

/** The HTTP status that an error asks for by `status` or `statusCode`, if it is one of an error. */
export function errorStatus(error: unknown): number | undefined {
  const statuses = [readProperty(error, 'status'), readProperty(error, 'statusCode')];
  return statuses.find(isErrorStatus);
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600;
}

/** Node still has the name of 422 from before RFC 9110. */
export function reasonPhrase(status: number): string {
  return status === 422 ? 'Unprocessable Content' : (STATUS_CODES[status] ?? 'Error');
}

/** The answer that an error is; what asks for none, or for one that is no error, is a 500. */
export function refusalOf(error: unknown): HttpError {
  try {
    return readRefusal(error, errorStatus(error));
  } catch {
    // A proxy that was revoked, or worse.
    return new HttpError(500, 'Internal server error.');
  }
}

function readRefusal(error: unknown, statusCode: number | undefined): HttpError {
  if (error instanceof HttpError && statusCode !== undefined) return error;
  const cause = { cause: error };
  if (statusCode === undefined) {
    const validationErrors = celebrateErrors(error);
    return validationErrors.length === 0
      ? new HttpError(500, 'Internal server error.', cause)
      : new HttpError(400, 'The request is invalid.', { ...cause, validationErrors });
  }
  if (readProperty(error, 'name') === 'URIError') {
    // Express' router, for an undecodable parameter such as `%`, which its message quotes.
    const message = 'Expected a path whose `%` are followed by two hexadecimal digits.';
    return new HttpError(400, message, { code: 'path_malformed', ...cause });
  }
  const message = readProperty(error, 'message');
  // The convention of http-errors: the message of an absent file, for one, has its path on the disk.
  if (readProperty(error, 'expose') !== true || typeof message !== 'string') {
    return new HttpError(statusCode, `${reasonPhrase(statusCode)}.`, cause);
  }
  const type = readProperty(error, 'type');
  return new HttpError(statusCode, message, {
    ...cause,
    ...(typeof type === 'string' && { code: type }),
  });
}

/** celebrate's errors have no status, but a map of what Joi refused in each part of a request. */
function celebrateErrors(error: unknown): ValidationError[] {
  const parts = readProperty(error, 'details');
  if (!isMap(parts)) return [];
  return [...parts].flatMap(([part, refused]) => {
    const details = readProperty(refused, 'details');
    if (readProperty(refused, 'isJoi') !== true || !Array.isArray(details)) return [];
    return details.map(({ path, message }) => ({
      field: [part, ...path].join('.'),
      message: String(message),
    }));
  });
}
