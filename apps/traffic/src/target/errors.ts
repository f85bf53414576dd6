import type { operations } from '../catalogue.ts';

/** What a request asks for. */
export type Operation = (typeof operations)[number];

/** There was no answer: nobody listens, the connection broke, or it took too long. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
  readonly operation: Operation;

  constructor(operation: Operation, cause: unknown) {
    super(`Expected an answer to \`${operation}\`, got none.`, { cause });
    this.operation = operation;
  }
}

/** There was an answer, but not what this request should get. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly operation: Operation;

  constructor(operation: Operation, expected: string, got: string) {
    super(`Expected \`${operation}\` to answer ${expected}, got ${got}.`);
    this.operation = operation;
  }
}

/** The services have had enough of us: whoever asked waits, and what they came for is given up. */
export class LimitedError extends Error {
  override readonly name = 'LimitedError';
  readonly operation: Operation;

  constructor(operation: Operation, waitMs: number) {
    super(
      `Expected \`${operation}\` to be let through, got ${Math.ceil(waitMs / 1_000)} s to wait.`,
    );
    this.operation = operation;
  }
}

/** A message was waited for and did not come. */
export class MissedMessageError extends Error {
  override readonly name = 'MissedMessageError';

  constructor(type: string, waitMs: number) {
    super(`Expected a message \`${type}\` within ${waitMs} ms, got none.`);
  }
}

/** The part of a visit that needs somebody whom there is not, such as a courier who is signed in. */
export class NobodyThereError extends Error {
  override readonly name = 'NobodyThereError';

  constructor(role: string) {
    super(`Expected a ${role} who is signed in, got none.`);
  }
}
