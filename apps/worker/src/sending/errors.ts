import { isNativeError } from 'node:util/types';

/** A failure that no retry can fix. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/** A response without a 2xx status. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`The receiver answered ${statusCode}.`);
    this.statusCode = statusCode;
  }
}

// A message of the database may quote a whole row.
const maxErrorLength = 500;

/** An error as stored in a column `last_error`. */
export function errorText(error: unknown): string {
  const text = isNativeError(error) ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, maxErrorLength);
}
