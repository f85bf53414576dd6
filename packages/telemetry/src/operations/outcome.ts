import { isNativeError } from 'node:util/types';

// No class has a longer name; it becomes the value of a label.
const maxTypeLength = 100;

/** Also true for an error of another realm, such as a worker's, and for one of an old class. */
export function isError(value: unknown): value is Error {
  try {
    return isNativeError(value) || value instanceof Error;
  } catch {
    // A proxy that was revoked.
    return false;
  }
}

/** The class of an error, for `error.type` and for labels; never its message, never throws. */
export function errorTypeName(error: unknown): string {
  if (!isError(error)) return typeof error;
  try {
    // Many libraries have error classes that keep the inherited name.
    const type: unknown = error.name === 'Error' ? error.constructor.name : error.name;
    return typeof type === 'string' && type !== '' ? type.slice(0, maxTypeLength) : 'Error';
  } catch {
    // A getter fails, or there is no prototype.
    return 'Error';
  }
}

const timeoutCodes = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Whether an error, or its cause, is a timeout. */
export function isTimeout(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (timeoutCodes.has(code) || /timeout/i.test(errorTypeName(error))) return true;
  return error.cause !== undefined && error.cause !== error && isTimeout(error.cause);
}

// Of Node's own signals, and of `axios`.
const cancelledCodes: readonly unknown[] = ['ABORT_ERR', 'ERR_CANCELED'];

/** Whether the caller itself aborted: no failure of whatever it called, as 499 is none of a server. */
export function isCancelled(error: unknown): boolean {
  if (!isError(error)) return false;
  if (isTimeout(error)) return false;
  const isNamed = /abort|cancel/i.test(errorTypeName(error));
  return isNamed || ('code' in error && cancelledCodes.includes(error.code));
}

/** The error of a call whose caller left without one of its own. */
export function callerLeft(): Error {
  return Object.assign(new Error('The caller left.'), { name: 'AbortError' });
}

/** Milliseconds since `startedAt` on the monotonic clock, to a hundredth, as log lines carry them. */
export function elapsedMs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 100) / 100;
}
