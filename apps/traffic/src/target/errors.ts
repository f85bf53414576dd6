import type { operations } from '../catalogue.ts';

export type Operation = (typeof operations)[number];

/** No response: connection refused or reset, or a timeout. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
  readonly operation: Operation;

  constructor(operation: Operation, cause: unknown) {
    super(`Expected a response to \`${operation}\`, got none.`, { cause });
    this.operation = operation;
  }
}

/** A response other than the expected one. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly operation: Operation;

  constructor(operation: Operation, expected: string, got: string) {
    super(`Expected \`${operation}\` to respond with ${expected}, got ${got}.`);
    this.operation = operation;
  }
}

/** Rate limited: the client waits, and the visit ends. */
export class LimitedError extends Error {
  override readonly name = 'LimitedError';
  readonly operation: Operation;

  constructor(operation: Operation, waitMs: number) {
    super(`Expected \`${operation}\` to be allowed, got ${Math.ceil(waitMs / 1_000)} s to wait.`);
    this.operation = operation;
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
