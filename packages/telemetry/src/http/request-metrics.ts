import type { Request, Response } from 'express';
import { httpMethods, type libraryMetrics } from '../catalogue/metrics.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Series } from '../metrics/prom-client.ts';

interface CompletedRequest {
  readonly route: string;
  readonly statusCode: number;
  readonly seconds: number;
  /** Set only for a sampled trace. */
  readonly traceId: string | undefined;
}

type Method = (typeof httpMethods)[number];

// Enough for every route of a large service; later ones are looked up each time.
const maxBoundRoutes = 1_000;
const methodIndexes = new Map<string, number>(httpMethods.map((method, index) => [method, index]));

export type RequestMetrics = ReturnType<typeof createRequestMetrics>;

/** Creates the five request metrics at once, so that a fault in them shows at start. */
export function createRequestMetrics(metrics: Metrics<typeof libraryMetrics>) {
  const findSeries = createAnswerSeriesFinder(metrics);
  const inFlight = metrics.gauge('http_requests_in_flight');
  let current = 0;
  inFlight.collect(() => inFlight.set(current));
  return {
    begin(): void {
      current += 1;
    },
    end(request: Request, response: Response, completed: CompletedRequest): void {
      current -= 1;
      const series = findSeries(request.method, completed.route, completed.statusCode);
      series.count.add(1);
      series.duration.observe(completed.seconds, completed.traceId);
      const received = declaredSize(request.headers['content-length']);
      if (received !== undefined) series.received(received);
      const sent = declaredSize(response.getHeader('content-length'));
      if (sent !== undefined) series.sent(sent);
    },
  };
}

/**
 * Finds the series of an answer without making a text to look them up with. Those of unknown methods
 * are not kept: each of them counts as an overflow.
 */
function createAnswerSeriesFinder(metrics: Metrics<typeof libraryMetrics>) {
  const requests = metrics.counter('http_requests_total');
  const durations = metrics.histogram('http_request_duration_seconds');
  const requestSize = metrics.histogram('http_request_size_bytes');
  const responseSize = metrics.histogram('http_response_size_bytes');

  function bind(anyMethod: string, route: string, statusCode: number) {
    // Unknown methods become `other` in the finder of the series.
    const method = anyMethod as Method;
    const labels = { method, route, status_code: String(statusCode) };
    // Made at the first body, so that routes without bodies have no series of sizes.
    let received: Pick<Series, 'observe'> | undefined;
    let sent: Pick<Series, 'observe'> | undefined;
    return {
      count: requests.series(labels),
      duration: durations.series(labels),
      received(bytes: number): void {
        received ??= requestSize.series({ method, route });
        received.observe(bytes);
      },
      sent(bytes: number): void {
        sent ??= responseSize.series({ method, route });
        sent.observe(bytes);
      },
    };
  }

  type AnswerSeries = ReturnType<typeof bind>;
  const known = new Map<string, Map<number, AnswerSeries>>();
  return (method: string, route: string, statusCode: number): AnswerSeries => {
    const methodIndex = methodIndexes.get(method);
    if (methodIndex === undefined) return bind(method, route, statusCode);
    const key = statusCode * httpMethods.length + methodIndex;
    const ofRoute = known.get(route);
    const existing = ofRoute?.get(key);
    if (existing !== undefined) return existing;
    const bound = bind(method, route, statusCode);
    if (ofRoute !== undefined) ofRoute.set(key, bound);
    else if (known.size < maxBoundRoutes) known.set(route, new Map([[key, bound]]));
    return bound;
  };
}

/** Bytes as the header declares them; absent for chunked bodies. */
function declaredSize(header: number | string | readonly string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const size = Number(header);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
