import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { runInSpan } from '../operations/span.ts';
import { currentTraceContext } from '../operations/trace-context.ts';
import { activeRequest } from '../request-context.ts';

type Fetch = typeof globalThis.fetch;

/** Who is told what. */
export interface FetchOptions {
  /** Names of own hosts, such as `api`; one with a leading dot stands for all names below it. */
  readonly ownHosts: readonly string[];
  /** Whose requests carry the trace context; those to own hosts unless given. */
  readonly isTraced?: (url: URL) => boolean;
}

/**
 * Traces outgoing requests. Own hosts get `traceparent`, `x-request-id` and `x-correlation-id`;
 * third parties get none of them, and nobody gets baggage. The span is this function's own: the
 * undici instrumentation, which sends the trace to everybody, is kept out of these requests.
 * A redirect takes headers along: use `redirect: 'error'` where an own host might send you away.
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

// Source: RFC 9110 and RFC 5789; any other method may have been made up by a caller.
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function createHostCheck(hosts: readonly string[]): (hostname: string) => boolean {
  const names = new Set(hosts.filter((host) => !host.startsWith('.')));
  const suffixes = hosts.filter((host) => host.startsWith('.'));
  return (hostname) => names.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix));
}

/** Of a third party only its name: the path of its address may be a secret, as a webhook's is. */
function describe(url: URL, isOwnHost: boolean) {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const server = { 'server.address': url.hostname, 'server.port': port };
  return isOwnHost ? { ...server, 'url.full': `${url.origin}${url.pathname}` } : server;
}

function requestIds(): Record<string, string> {
  const request = activeRequest();
  if (request === undefined) return {};
  return { 'x-request-id': request.requestId, 'x-correlation-id': request.correlationId };
}

/** What the caller has set stays as it is. */
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
