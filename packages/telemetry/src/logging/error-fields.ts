import { isNativeError } from 'node:util/types';
import { errorTypeOf } from '../operations/outcome.ts';

/** An error as a log line carries it. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: ErrorFields;
}

// A chain longer than this says nothing new, and a cycle would never end.
const maxCauses = 3;

/**
 * The fields of an error that are safe to write: type, message, stack, code and causes.
 * Further properties stay out, because drivers put values of rows in them.
 */
export function errorFields(error: unknown): ErrorFields {
  try {
    return readFields(error, 0);
  } catch {
    // A getter of it throws, or it has no way to become a text; there is a line all the same.
    return { type: typeof error, message: 'What was thrown can not be read.', stack: '' };
  }
}

function readFields(error: unknown, depth: number): ErrorFields {
  // Also true for an error of another realm, such as a worker's or a test runner's.
  if (!isNativeError(error)) {
    return { type: typeof error, message: String(error), stack: '' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const hasCause = error.cause !== undefined && depth < maxCauses;
  const cause = hasCause ? { cause: readFields(error.cause, depth + 1) } : {};
  const type = errorTypeOf(error);
  return { type, message: error.message, stack: error.stack ?? '', ...code, ...cause };
}
