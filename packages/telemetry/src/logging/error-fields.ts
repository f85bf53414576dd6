import { isNativeError } from 'node:util/types';
import { errorTypeName } from '../operations/outcome.ts';

export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: ErrorFields;
}

// Longer chains add nothing, and a cycle would never end.
const maxCauses = 3;

/**
 * The fields of an error that are safe to write: type, message, stack, code and causes.
 * Further properties stay out, because drivers put values of rows in them.
 */
export function errorFields(error: unknown): ErrorFields {
  try {
    return readFields(error, 0);
  } catch {
    // A getter throws, or it has no string form; the line is written anyway.
    return { type: typeof error, message: 'The thrown value cannot be read.', stack: '' };
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
  const type = errorTypeName(error);
  return { type, message: error.message, stack: error.stack ?? '', ...code, ...cause };
}
