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

/** The request metrics of a service. */
export interface RequestMetrics {
  begin(): void;
  end(request: Request, response: Response, answered: CompletedRequest): void;
}

type Method = (typeof httpMethods)[number];

// Enough for every route of a large service; later ones are looked up each time.
const maxBoundRoutes = 1_000;
const methodIndexes = new Map<string, number>(httpMethods.map((method, index) => [method, index]));

interface AnswerSeries {
  countOne(): void;
  observe(seconds: number, traceId: string | undefined): void;
  received(bytes: number): void;
  sent(bytes: number): void;
}

/** For a service with metrics disabled. */
export const noRequestMetrics: RequestMetrics = { begin: () => {}, end: () => {} };

/** Creates the five request metrics at once, so that a fault in them shows at start. */
export function createRequestMetrics(metrics: Metrics<typeof libraryMetrics>): RequestMetrics {
  const requests = metrics.counter('http_requests_total');
  const duration = metrics.histogram('http_request_duration_seconds');
  const inFlight = metrics.gauge('http_requests_in_flight');
  const requestSize = metrics.histogram('http_request_size_bytes');
  const responseSize = metrics.histogram('http_response_size_bytes');
  const known = new Map<string, Map<number, AnswerSeries>>();
  let current = 0;
  inFlight.collect(() => inFlight.set(current));

  function bind(anyMethod: string, route: string, statusCode: number): AnswerSeries {
    // What is no method of the set becomes `other` in the finder of the series.
    const method = anyMethod as Method;
    const labels = { method, route, status_code: String(statusCode) };
    const count = requests.series(labels);
    const seconds = duration.series(labels);
    // Made at the first body, so that routes without bodies have no series of sizes.
    const ofRoute = { method, route };
    let received: Pick<Series, 'observe'> | undefined;
    let sent: Pick<Series, 'observe'> | undefined;
    return {
      countOne: () => count.add(1),
      observe: (value, traceId) => seconds.observe(value, traceId),
      received: (bytes) => {
        received ??= requestSize.series(ofRoute);
        received.observe(bytes);
      },
      sent: (bytes) => {
        sent ??= responseSize.series(ofRoute);
        sent.observe(bytes);
      },
    };
  }

  /**
   * The series of an answer, found without making a text to look them up with. What is no method of
   * the set is not kept: each of them counts as an overflow.
   */
  function seriesOf(method: string, route: string, statusCode: number): AnswerSeries {
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
  }

  return {
    begin: () => {
      current += 1;
    },
    end(request, response, { route, statusCode, seconds, traceId }) {
      current -= 1;
      const series = seriesOf(request.method, route, statusCode);
      series.countOne();
      series.observe(seconds, traceId);
      const received = declaredSize(request.headers['content-length']);
      if (received !== undefined) series.received(received);
      const sent = declaredSize(response.getHeader('content-length'));
      if (sent !== undefined) series.sent(sent);
    },
  };
}

/** Bytes as the header declares them; absent for chunked bodies. */
function declaredSize(header: number | string | readonly string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const size = Number(header);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
