import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { httpMethods } from '../catalogue/metrics.ts';
import { runInSpan, serverAttributes } from '../operations/span.ts';
import { currentTraceContext } from '../operations/trace-context.ts';
import { activeRequest } from '../request-context.ts';

type Fetch = typeof globalThis.fetch;

interface FetchOptions {
  /** Names of own hosts, such as `api`; one with a leading dot stands for all names below it. */
  readonly ownHosts: readonly string[];
  /** Which requests carry the trace context; default: those to own hosts. */
  readonly isTraced?: (url: URL) => boolean;
}

/**
 * Traces outgoing requests. Own hosts get `traceparent`, `x-request-id` and `x-correlation-id`;
 * third parties get none of them, and no host gets baggage. The span is this function's own: the
 * undici instrumentation, which sends the trace to every host, is suppressed for these requests.
 * A redirect takes headers along: use `redirect: 'error'` if an own host might redirect elsewhere.
 * @returns a function of the same type
 */
export function instrumentFetch(fetch: Fetch, { ownHosts, isTraced }: FetchOptions): Fetch {
  const isOwn = createHostCheck(ownHosts);
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
    const isOwnHost = isOwn(url.hostname);
    const own = {
      name: knownMethods.has(method) ? method : 'HTTP',
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': method, ...describe(url, isOwnHost) },
    };
    return runInSpan(own, async (span) => {
      const headers = new Headers(init?.headers ?? request?.headers);
      if (isTraced === undefined ? isOwnHost : isTraced(url))
        setAll(headers, currentTraceContext());
      if (isOwnHost) setAll(headers, requestIds());
      const quiet = suppressTracing(trace.deleteSpan(context.active()));
      const response = await context.with(quiet, () => fetch(input, { ...init, headers }));
      recordStatus(span, response.status);
      return response;
    });
  };
}

// Any other method may have been made up by a caller.
const knownMethods = new Set<string>(httpMethods);

function createHostCheck(hosts: readonly string[]): (hostname: string) => boolean {
  const names = new Set(hosts.filter((host) => !host.startsWith('.')));
  const suffixes = hosts.filter((host) => host.startsWith('.'));
  return (hostname) => names.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix));
}

/** For a third party only its host: the path may be a secret, as a webhook's is. */
function describe(url: URL, isOwnHost: boolean) {
  const server = serverAttributes(url);
  return isOwnHost ? { ...server, 'url.full': `${url.origin}${url.pathname}` } : server;
}

function requestIds(): Record<string, string> {
  const request = activeRequest();
  if (request === undefined) return {};
  return { 'x-request-id': request.requestId, 'x-correlation-id': request.correlationId };
}

/** Keeps headers that the caller has set. */
function setAll(headers: Headers, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (!headers.has(name)) headers.set(name, value);
  }
}

function recordStatus(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status < 400) return;
  span.setAttribute('error.type', String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
