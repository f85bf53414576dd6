import { z } from 'zod';
import { refusal } from './answers.ts';
import { beginDeadline } from './deadline.ts';
import {
  LimitedError,
  type Operation,
  RequestFailedError,
  UnexpectedAnswerError,
} from './errors.ts';
import { everybody, type RetryAfters } from './retry-after.ts';

type Outcome = 'expected' | 'unexpected' | 'failed' | 'limited';

/** A request and its expected response. */
interface ExpectedRequest<T> {
  readonly operation: Operation;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the service. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent unchanged, instead of `body`. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** 200 by default. */
  readonly expected?: number;
  /** Other statuses that are fine, such as 409 if two people are in a race. */
  readonly refusals?: readonly number[];
  /** Any body by default. */
  readonly answer?: z.ZodType<T>;
  /** Instead of the client's own. */
  readonly timeoutMs?: number;
}

/** Sends the requests of one person during one visit. */
export interface Client {
  /**
   * @throws RequestFailedError without a response
   * @throws UnexpectedAnswerError for any other response
   * @throws LimitedError if rate limited, or still within a Retry-After
   */
  send<T>(request: Omit<ExpectedRequest<T>, 'refusals'>): Promise<T>;
  /** As `send`; resolves to undefined for one of the `refusals`. */
  attempt<T>(request: ExpectedRequest<T>): Promise<T | undefined>;
  /** Sends a request that must be refused with `expected`. */
  provoke(request: Omit<ExpectedRequest<unknown>, 'answer' | 'refusals'>): Promise<void>;
}

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

/** Creates the client of one person. */
export function createClient(options: ClientOptions, caller: Caller): Client {
  const { onOutcome } = options;

  async function attempt<T>(request: ExpectedRequest<T>): Promise<T | undefined> {
    const { operation } = request;
    assertNotLimited(options, caller, operation);
    try {
      const { status, text, retryAfter } = await transmit(request, options, caller);
      const body = parseJson(text);
      const isProvoked = request.expected === 429 || request.refusals?.includes(429);
      if (status === 429 && !isProvoked) throw limit(options, caller, operation, retryAfter, body);
      if (status === 401 && request.expected !== 401) caller.onTokenRefused?.();
      const answer = readAnswer(request, status, body);
      onOutcome(operation, 'expected');
      return answer;
    } catch (error) {
      const isKnown = error instanceof UnexpectedAnswerError || error instanceof LimitedError;
      onOutcome(operation, isKnown ? outcomeOf(error) : 'failed');
      throw isKnown ? error : new RequestFailedError(operation, error);
    }
  }

  return {
    attempt,
    // Only refusals make it undefined.
    send: async <T>(request: ExpectedRequest<T>) => (await attempt(request)) as T,
    async provoke(request) {
      await attempt({ ...request, answer: refusal });
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

async function transmit<T>(
  { method = 'GET', path, headers, body, bytes, timeoutMs }: ExpectedRequest<T>,
  options: ClientOptions,
  { correlationId, accessToken }: Caller,
): Promise<{ status: number; text: string; retryAfter: string | null }> {
  const token = accessToken?.();
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const deadline = beginDeadline(options.signal, timeoutMs ?? options.timeoutMs);
  try {
    const response = await options.fetch(`${options.baseUrl}${path}`, {
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

function readAnswer<T>(
  { operation, expected = 200, refusals = [], answer }: ExpectedRequest<T>,
  status: number,
  body: unknown,
): T | undefined {
  const isRefusal = status !== expected && refusals.includes(status);
  if (status !== expected && !isRefusal) {
    const statuses = [expected, ...refusals].join(' or ');
    throw new UnexpectedAnswerError(operation, statuses, String(status));
  }
  const result = (isRefusal ? refusal : (answer ?? z.unknown())).safeParse(body);
  if (result.success) return isRefusal ? undefined : (result.data as T);
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
