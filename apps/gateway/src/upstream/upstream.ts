import type { Telemetry } from '@watchkeeper/telemetry';
import type { CircuitBreakerSettings, Route } from '../routing/schema.ts';
import { type Target, upstreamUrl } from '../routing/target.ts';
import { receivedBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { UpstreamError } from './failures.ts';
import { createGuard, createReport, type Guard } from './guard.ts';

interface Question {
  readonly method: string;
  readonly target: Target;
  readonly headers: Headers;
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array<ArrayBuffer> | undefined;
  readonly exchange: Exchange;
}

export type Upstream = ReturnType<typeof createUpstream>;

interface UpstreamOptions {
  readonly name: string;
  /** Of its public server; a path in it is ignored. */
  readonly url: string;
  readonly circuitBreaker: CircuitBreakerSettings;
  /** Its groups of routes that fail by themselves. */
  readonly groups: readonly string[];
  /** A `fetch` that propagates the trace and the request's ids. */
  readonly send: typeof fetch;
  readonly telemetry: Telemetry;
}

export function createUpstream(options: UpstreamOptions) {
  const { name, url, circuitBreaker, groups, send, telemetry } = options;
  const report = createReport(name, telemetry);
  const guards = new Map(
    ['', ...groups].map((group) => {
      const breaker = group === '' ? name : `${name}_${group}`;
      return [group, createGuard(breaker, circuitBreaker, { telemetry, report })];
    }),
  );
  const guardOf = ({ group = '' }: Pick<Route, 'group'>): Guard => {
    const guard = guards.get(group);
    if (guard === undefined) throw new Error(`Expected a group of ${name}, got \`${group}\`.`);
    return guard;
  };

  async function ask({ target, body, exchange, ...request }: Question): Promise<Response> {
    const { signal } = exchange;
    // Redirects are for the caller to follow.
    const redirect = 'manual';
    const stream = body === undefined ? {} : { body, duplex: 'half' as const };
    const init = { ...request, signal, redirect, ...stream } as const;
    const answer = await send(upstreamUrl(url, target), init).catch((cause: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw new UpstreamError('network', 'The upstream could not be reached.', { cause });
    });
    if (answer.status < 500) return answer;
    await answer.body?.cancel();
    throw new UpstreamError('status', `The upstream responded with ${answer.status}.`, {
      statusCode: answer.status,
      retryAfter: answer.headers.get('retry-after') ?? undefined,
    });
  }

  /** One request decides for all others, which are refused meanwhile: not one that waits for its caller. */
  async function complete({ body, exchange }: Question): Promise<Question['body']> {
    const isStream = body !== undefined && !(body instanceof Uint8Array);
    return isStream ? await receivedBody(body, exchange) : body;
  }

  return {
    name,
    url,
    guardOf,
    isCircuitOpen: (): boolean => [...guards.values()].some((guard) => guard.isOpen()),
    stop(): void {
      for (const guard of guards.values()) guard.stop();
    },
    /**
     * Resolves to a response below 500, whose body is still to be read.
     * @throws UpstreamError if it fails, or the reason for which the exchange was aborted
     */
    async ask(route: Pick<Route, 'group'>, question: Question): Promise<Response> {
      const guard = guardOf(route);
      const body = guard.isHalfOpen() ? await complete(question) : question.body;
      return await guard.run(() => ask({ ...question, body }));
    },
  };
}
