import { types } from 'node:util';

/** A fault that the person at the terminal can act upon; its message stands alone, without a stack. */
export class StackError extends Error {
  override readonly name = 'StackError';
  /** What the process exits with: 2 for faults of the call or the configuration, else 1. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
