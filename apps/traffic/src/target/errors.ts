import type { Operation } from './operations.ts';

class OperationError extends Error {
  readonly operation: Operation;

  constructor(operation: Operation, message: string, options?: ErrorOptions) {
    super(message, options);
    this.operation = operation;
  }
}

/** No response: connection refused or reset, or a timeout. */
export class RequestFailedError extends OperationError {
  override readonly name = 'RequestFailedError';

  constructor(operation: Operation, cause: unknown) {
    super(operation, `Expected a response to \`${operation}\`, got none.`, { cause });
  }
}

/** A response other than the expected one. */
export class UnexpectedAnswerError extends OperationError {
  override readonly name = 'UnexpectedAnswerError';

  constructor(operation: Operation, expected: string, got: string) {
    super(operation, `Expected \`${operation}\` to respond with ${expected}, got ${got}.`);
  }
}

/** Rate limited: the client waits, and the visit ends. */
export class LimitedError extends OperationError {
  override readonly name = 'LimitedError';

  constructor(operation: Operation, waitMs: number) {
    const seconds = Math.ceil(waitMs / 1_000);
    super(operation, `Expected \`${operation}\` to be allowed, got ${seconds} s to wait.`);
  }
}

export class MissedMessageError extends Error {
  override readonly name = 'MissedMessageError';

  constructor(type: string, waitMs: number) {
    super(`Expected a message \`${type}\` within ${waitMs} ms, got none.`);
  }
}

/** A visit needs a role that nobody signed in has. */
export class NobodyAvailableError extends Error {
  override readonly name = 'NobodyAvailableError';

  constructor(role: string) {
    super(`Expected a signed-in ${role}, got none.`);
  }
}
