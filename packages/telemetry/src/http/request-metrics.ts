import type { Request, Response } from 'express';
import { httpMethods, type libraryMetrics } from '../catalogue/metrics.ts';
import { otherValue } from '../metrics/labels.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** One answered request as its metrics see it. */
export interface AnsweredRequest {
  readonly route: string;
  readonly statusCode: number;
  readonly seconds: number;
  /** Set only for a sampled trace. */
  readonly traceId: string | undefined;
}

/** The request metrics of a service. */
export interface RequestMetrics {
  begin(): void;
  end(request: Request, response: Response, answered: AnsweredRequest): void;
}

type Method = (typeof httpMethods)[number];

/** Makes the five request metrics at once, so that a fault in them shows at start. */
export function createRequestMetrics(metrics: Metrics<typeof libraryMetrics>): RequestMetrics {
  const requests = metrics.counter('http_requests_total');
  const duration = metrics.histogram('http_request_duration_seconds');
  const inFlight = metrics.gauge('http_requests_in_flight');
  const requestSize = metrics.histogram('http_request_size_bytes');
  const responseSize = metrics.histogram('http_response_size_bytes');

  return {
    begin: () => inFlight.add(1),
    end(request, response, { route, statusCode, seconds, traceId }) {
      const method = knownMethod(request.method);
      const labels = { method, route, status_code: String(statusCode) };
      inFlight.add(-1);
      requests.increment(labels);
      duration.observe(seconds, labels, traceId);
      const received = declaredSize(request.headers['content-length']);
      if (received !== undefined) requestSize.observe(received, { method, route });
      const sent = declaredSize(response.getHeader('content-length'));
      if (sent !== undefined) responseSize.observe(sent, { method, route });
    },
  };
}

function knownMethod(method: string): Method {
  return httpMethods.find((known) => known === method) ?? (otherValue as Method);
}

/** Bytes as the header declares them; absent for chunked bodies. */
function declaredSize(header: number | string | readonly string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const size = Number(header);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
