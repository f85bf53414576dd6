import type { Telemetry } from '@watchkeeper/telemetry';
import type { CircuitBreakerSettings } from '../routing/schema.ts';
import { type Target, upstreamUrl } from '../routing/target.ts';
import type { Exchange } from './exchange.ts';
import { UpstreamError } from './failures.ts';
import { createGuard } from './guard.ts';

interface Question {
  readonly method: string;
  readonly target: Target;
  readonly headers: Headers;
  readonly body?: AsyncIterable<Uint8Array> | undefined;
  readonly exchange: Exchange;
}

export type Upstream = ReturnType<typeof createUpstream>;

interface UpstreamOptions {
  readonly name: string;
  /** Of its public server; a path in it is ignored. */
  readonly url: string;
  readonly circuitBreaker: CircuitBreakerSettings;
  /** A `fetch` that propagates the trace and the request's ids. */
  readonly send: typeof fetch;
  readonly telemetry: Telemetry;
}

export function createUpstream(options: UpstreamOptions) {
  const { name, url, circuitBreaker, send, telemetry } = options;
  const guard = createGuard(name, circuitBreaker, telemetry);

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

  return {
    name,
    url,
    guard,
    /**
     * Resolves to a response below 500, whose body is still to be read.
     * @throws UpstreamError if it fails, or the reason for which the exchange was aborted
     */
    ask: (question: Question) => guard.run(() => ask(question)),
  };
}
