import { z } from 'zod';
import { refusal } from './answers.ts';
import { beginDeadline } from './deadline.ts';
import {
  LimitedError,
  type Operation,
  RequestFailedError,
  UnexpectedAnswerError,
} from './errors.ts';
import { everybody, type Patience } from './patience.ts';

/** How a request ended. */
export type Outcome = 'expected' | 'unexpected' | 'failed' | 'limited';

/** One request and the answer it should get. */
export interface ExpectedRequest<T> {
  readonly operation: Operation;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the service. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly expected: number;
  /** Refusals that are right as well, such as 409 where two people want the same. */
  readonly refusals?: readonly number[];
  readonly answer: z.ZodType<T>;
  /** Instead of the client's own, for what may take long. */
  readonly timeoutMs?: number;
}

/** A request that must be refused with `expected`. */
export type Provocation = Omit<ExpectedRequest<unknown>, 'answer' | 'refusals'>;

/** Sends the requests of one person during one visit. */
export interface Client {
  /**
   * @throws RequestFailedError when there was no answer
   * @throws UnexpectedAnswerError when it was another one
   * @throws LimitedError when there were too many requests, now or a moment ago
   */
  send<T>(request: Omit<ExpectedRequest<T>, 'refusals'>): Promise<T>;
  /** As `send`; resolves to nothing for one of the `refusals`. */
  attempt<T>(request: ExpectedRequest<T>): Promise<T | undefined>;
  /** Sends what must be refused. */
  provoke(request: Provocation): Promise<void>;
}

/** What all clients share. */
export interface ClientOptions {
  readonly baseUrl: string;
  /** Traced. */
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly patience: Patience;
  /** Ends every request when the process ends. */
  readonly signal: AbortSignal;
  readonly onOutcome: (operation: Operation, outcome: Outcome) => void;
  readonly onLimited: (operation: Operation, limiter: string, waitMs: number) => void;
}

/** Who asks. */
export interface Asker {
  /** Ties the log lines of all requests of the visit together. */
  readonly correlationId: string;
  /** Names the person to `Patience`; absent for a stranger. */
  readonly name?: string | undefined;
  /** Read anew for each request, because it is renewed during a long visit. */
  readonly accessToken?: () => string | undefined;
  /** Called when the token is not accepted. */
  readonly onTokenRefused?: () => void;
}

const limitation = z.object({ details: z.object({ limiter: z.string() }).partial().optional() });

/** Makes the client of one person. */
export function createClient(options: ClientOptions, asker: Asker): Client {
  const { onOutcome } = options;

  async function attempt<T>(request: ExpectedRequest<T>): Promise<T | undefined> {
    const { operation } = request;
    assertMayAsk(options, asker, operation);
    try {
      const { status, text, retryAfter } = await ask(request, options, asker);
      const body = parseJson(text);
      const isProvoked = request.expected === 429 || request.refusals?.includes(429);
      if (status === 429 && !isProvoked) throw limit(options, asker, operation, retryAfter, body);
      if (status === 401 && request.expected !== 401) asker.onTokenRefused?.();
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
    // Without refusals there is no other way for it to be nothing.
    send: async <T>(request: ExpectedRequest<T>) => (await attempt(request)) as T,
    async provoke(request) {
      await attempt({ ...request, answer: refusal });
    },
  };
}

function outcomeOf(error: Error): Outcome {
  return error instanceof LimitedError ? 'limited' : 'unexpected';
}

const keyOf = ({ name = 'stranger' }: Asker, operation: Operation) => `${name} ${operation}`;

/** Nothing is sent as long as the last answer said to wait; it is no request, so none is counted. */
function assertMayAsk({ patience }: ClientOptions, asker: Asker, operation: Operation): void {
  const { name = everybody } = asker;
  const waitMs = patience.remainingMs(everybody, name, keyOf(asker, operation));
  if (waitMs > 0) throw new LimitedError(operation, waitMs);
}

/** Has those wait whom the limit concerns, as a polite client does. */
function limit(
  { patience, onLimited }: ClientOptions,
  asker: Asker,
  operation: Operation,
  retryAfter: string | null,
  body: unknown,
): LimitedError {
  const limiter = limitation.safeParse(body).data?.details?.limiter ?? 'other';
  const waitMs = Math.max(Number(retryAfter ?? 1) || 1, 1) * 1_000;
  if (limiter === 'address') patience.wait(everybody, waitMs);
  else if (limiter === 'user' && asker.name !== undefined) patience.wait(asker.name, waitMs);
  else patience.wait(keyOf(asker, operation), waitMs);
  onLimited(operation, limiter, waitMs);
  return new LimitedError(operation, waitMs);
}

async function ask<T>(
  { method = 'GET', path, headers, body, bytes, timeoutMs }: ExpectedRequest<T>,
  options: ClientOptions,
  { correlationId, accessToken }: Asker,
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
    // Read whole in every case: a connection with an unread body can't be used again.
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } finally {
    deadline.clear();
  }
}

function readAnswer<T>(
  { operation, expected, refusals = [], answer }: ExpectedRequest<T>,
  status: number,
  body: unknown,
): T | undefined {
  const isRefusal = status !== expected && refusals.includes(status);
  if (status !== expected && !isRefusal) {
    const statuses = [expected, ...refusals].join(' or ');
    throw new UnexpectedAnswerError(operation, statuses, String(status));
  }
  const result = (isRefusal ? refusal : answer).safeParse(body);
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
