import type { z } from 'zod';
import type { operations } from '../catalogue.ts';

/** What a request asks for. */
export type Operation = (typeof operations)[number];

/** How a request ended. */
export type Outcome = 'expected' | 'unexpected' | 'failed';

/** One request and the answer it should get. */
export interface ExpectedRequest<T> {
  readonly operation: Operation;
  readonly method?: 'GET' | 'POST';
  /** From the root of the api. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly expectedStatus: number;
  readonly answer: z.ZodType<T>;
}

/** Sends the requests of one visit. */
export interface Client {
  /**
   * @throws RequestFailedError when there was no answer
   * @throws UnexpectedAnswerError when it was another one
   */
  send<T>(request: ExpectedRequest<T>): Promise<T>;
}

/** The api did not answer: nobody listens, the connection broke, or it took too long. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
  readonly operation: Operation;

  constructor(operation: Operation, cause: unknown) {
    super(`Expected an answer to \`${operation}\`, got none.`, { cause });
    this.operation = operation;
  }
}

/** The api answered, but not what this request should get. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly operation: Operation;

  constructor(operation: Operation, expected: string, got: string) {
    super(`Expected \`${operation}\` to answer ${expected}, got ${got}.`);
    this.operation = operation;
  }
}

/** What a client needs. */
export interface ClientOptions {
  readonly targetUrl: string;
  readonly timeoutMs: number;
  /** Ties the log lines of all requests of the visit together. */
  readonly correlationId: string;
  /** Ends every request when the process ends. */
  readonly signal: AbortSignal;
  readonly onOutcome: (operation: Operation, outcome: Outcome) => void;
}

/** Makes the client of one visit. */
export function createClient(options: ClientOptions): Client {
  return {
    async send(request) {
      const { operation } = request;
      try {
        const answer = await readAnswer(request, await ask(request, options));
        options.onOutcome(operation, 'expected');
        return answer;
      } catch (error) {
        const isAnswer = error instanceof UnexpectedAnswerError;
        options.onOutcome(operation, isAnswer ? 'unexpected' : 'failed');
        throw isAnswer ? error : new RequestFailedError(operation, error);
      }
    },
  };
}

async function ask<T>(
  { method = 'GET', path, headers, body }: ExpectedRequest<T>,
  { targetUrl, timeoutMs, correlationId, signal }: ClientOptions,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${targetUrl}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      'x-correlation-id': correlationId,
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  // Read whole in every case: a connection with an unread body can't be used again.
  return { status: response.status, text: await response.text() };
}

function readAnswer<T>(
  { operation, expectedStatus, answer }: ExpectedRequest<T>,
  { status, text }: { status: number; text: string },
): T {
  if (status !== expectedStatus) {
    throw new UnexpectedAnswerError(operation, String(expectedStatus), String(status));
  }
  const result = answer.safeParse(parseJson(text));
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.join('.') || 'body').join('`, `');
  throw new UnexpectedAnswerError(
    operation,
    'its documented body',
    `a body wrong in \`${fields}\``,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
