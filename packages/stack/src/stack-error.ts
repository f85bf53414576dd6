import { types } from 'node:util';

/** An error that the user can fix; its message is printed without a stack trace. */
export class StackError extends Error {
  override readonly name = 'StackError';
  /** 2 for errors of usage or configuration, else 1. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
