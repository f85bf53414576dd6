import { z } from 'zod';
import { beginDeadline } from './deadline.ts';
import { LimitedError, RequestFailedError, UnexpectedAnswerError } from './errors.ts';
import { type AnswerOf, endpoints, type Operation, refusal } from './operations.ts';
import { everybody, type RetryAfters } from './retry-after.ts';

type Outcome = 'expected' | 'unexpected' | 'failed' | 'limited';

/** What a request adds to its operation. */
interface RequestParts {
  /** In place of `:id` in the path. */
  readonly id?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent unchanged, instead of `body`. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Instead of the operation's own status. */
  readonly expected?: number;
  /** Other statuses that are fine, such as 409 if two people are in a race. */
  readonly refusals?: readonly number[];
}

/** Sends the requests of one person during one visit. */
export type Client = ReturnType<typeof createClient>;

export interface ClientOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly retryAfters: RetryAfters;
  /** Ends every request when the process ends. */
  readonly signal: AbortSignal;
  readonly onOutcome: (operation: Operation, outcome: Outcome) => void;
  readonly onLimited: (operation: Operation, limiter: string, waitMs: number) => void;
}

/** Identity of the requests. */
interface Caller {
  /** The same for all requests of a visit. */
  readonly correlationId: string;
  /** The key of the person's own limits; undefined for a stranger. */
  readonly name?: string | undefined;
  /** Read for each request, because it is refreshed during a long visit. */
  readonly accessToken?: () => string | undefined;
  /** Called after a 401. */
  readonly onTokenRefused?: () => void;
}

const limitation = z.object({ details: z.object({ limiter: z.string() }).partial().optional() });

export function createClient(options: ClientOptions, caller: Caller) {
  const { onOutcome } = options;

  async function attempt<T>(
    operation: Operation,
    request: RequestParts,
    answer: z.ZodType<T>,
  ): Promise<T | undefined> {
    const { expected = endpoints[operation].expected, refusals = [] } = request;
    assertNotLimited(options, caller, operation);
    try {
      const { status, text, retryAfter } = await transmit(operation, request, options, caller);
      const body = parseJson(text);
      const isExpectedLimit = [expected, ...refusals].includes(429);
      if (status === 429 && !isExpectedLimit)
        throw limit(options, caller, operation, retryAfter, body);
      if (status === 401 && expected !== 401) caller.onTokenRefused?.();
      const isRefusal = status !== expected;
      if (isRefusal && !refusals.includes(status)) {
        const statuses = [expected, ...refusals].join(' or ');
        throw new UnexpectedAnswerError(operation, statuses, String(status));
      }
      if (isRefusal) readBody(operation, refusal, body);
      const result = isRefusal ? undefined : readBody(operation, answer, body);
      onOutcome(operation, 'expected');
      return result;
    } catch (error) {
      const isKnown = error instanceof UnexpectedAnswerError || error instanceof LimitedError;
      onOutcome(operation, isKnown ? outcomeOf(error) : 'failed');
      throw isKnown ? error : new RequestFailedError(operation, error);
    }
  }

  const answerOf = <O extends Operation>(operation: O) =>
    endpoints[operation].answer as z.ZodType<AnswerOf<O>>;
  return {
    /**
     * @throws RequestFailedError without a response
     * @throws UnexpectedAnswerError for any other response
     * @throws LimitedError if rate limited, or still within a Retry-After
     */
    async send<O extends Operation>(operation: O, request: Omit<RequestParts, 'refusals'> = {}) {
      // Only refusals make it undefined.
      return (await attempt(operation, request, answerOf(operation))) as AnswerOf<O>;
    },
    /** As `send`; resolves to undefined for one of the `refusals`. */
    attempt: <O extends Operation>(operation: O, request: RequestParts) =>
      attempt(operation, request, answerOf(operation)),
    /**
     * Sends a request that must be refused with the status `expected`.
     * @throws as `send`, also for a response without an error
     */
    async provoke(operation: Operation, expected: number, request?: RequestParts): Promise<void> {
      await attempt(operation, { ...request, expected }, refusal);
    },
  };
}

function outcomeOf(error: Error): Outcome {
  return error instanceof LimitedError ? 'limited' : 'unexpected';
}

const keyOf = ({ name = 'stranger' }: Caller, operation: Operation) => `${name} ${operation}`;

/** No request is sent, nor counted, before the Retry-After of an earlier response is over. */
function assertNotLimited(
  { retryAfters }: ClientOptions,
  caller: Caller,
  operation: Operation,
): void {
  const { name = everybody } = caller;
  const waitMs = retryAfters.remainingMs(everybody, name, keyOf(caller, operation));
  if (waitMs > 0) throw new LimitedError(operation, waitMs);
}

/** Honours Retry-After for everybody, one person, or one person's operation. */
function limit(
  { retryAfters, onLimited }: ClientOptions,
  caller: Caller,
  operation: Operation,
  retryAfter: string | null,
  body: unknown,
): LimitedError {
  const limiter = limitation.safeParse(body).data?.details?.limiter ?? 'other';
  const waitMs = Math.max(Number(retryAfter ?? 1) || 1, 1) * 1_000;
  if (limiter === 'address') retryAfters.wait(everybody, waitMs);
  else if (limiter === 'user' && caller.name !== undefined) retryAfters.wait(caller.name, waitMs);
  else retryAfters.wait(keyOf(caller, operation), waitMs);
  onLimited(operation, limiter, waitMs);
  return new LimitedError(operation, waitMs);
}

async function transmit(
  operation: Operation,
  { id = '', query = {}, headers, body, bytes }: RequestParts,
  options: ClientOptions,
  { correlationId, accessToken }: Caller,
): Promise<{ status: number; text: string; retryAfter: string | null }> {
  const { method, path, timeoutMs = options.timeoutMs } = endpoints[operation];
  const url = new URL(options.baseUrl + path.replace(':id', encodeURIComponent(id)));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const token = accessToken?.();
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const deadline = beginDeadline(options.signal, timeoutMs);
  try {
    const response = await options.fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'x-correlation-id': correlationId,
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
      redirect: 'error',
      signal: deadline.signal,
    });
    // Always read: a connection with an unread body cannot be reused.
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } finally {
    deadline.clear();
  }
}

function readBody<T>(operation: Operation, schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.join('.') || 'body').join('`, `');
  const got = `a body wrong in \`${fields}\``;
  throw new UnexpectedAnswerError(operation, 'its documented body', got);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
