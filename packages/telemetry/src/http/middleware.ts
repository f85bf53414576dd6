import { isNativeError } from 'node:util/types';
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '../logging/logger.ts';
import { correlationFields, type RequestContext, withRequestContext } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { takeIds } from './ids.ts';
import { createRequestMetrics, noRequestMetrics } from './request-metrics.ts';
import { observeRoutes, routeTemplate } from './route.ts';

// nginx's code for a caller that left before the answer; Express never sends it itself.
const callerLeftStatus = 499;

const serverSpan = { kind: SpanKind.SERVER };

/** The error that a request was answered with, kept for its log line. */
const answeredErrors = new WeakMap<Response, unknown>();

/** Remembers why a request failed, so that its one log line and its span can say so. */
export function rememberError(response: Response, error: unknown): void {
  answeredErrors.set(response, error);
}

/**
 * The one HTTP middleware: request metrics, server span, ids and one log line for each request.
 * Use it first. Where another instrumentation made a server span already, that one is completed.
 */
export function httpMiddleware(telemetry: Telemetry): RequestHandler {
  const { isEnabled } = telemetry.configuration.metrics;
  const metrics = isEnabled ? createRequestMetrics(telemetry.metrics) : noRequestMetrics;
  const tracer = trace.getTracer('@watchkeeper/telemetry');

  return (request, response, next) => {
    const startedAt = performance.now();
    observeRoutes(request);
    const ids: RequestContext = takeIds(request);
    response.setHeader('x-request-id', ids.requestId);
    response.setHeader('x-correlation-id', ids.correlationId);

    const outer = context.active();
    const existing = trace.getSpan(outer);
    const parent = existing ? outer : propagation.extract(outer, request.headers);
    const span = existing ?? tracer.startSpan(request.method, serverSpan, parent);
    const inner = withRequestContext(trace.setSpan(parent, span), ids);

    metrics.begin();
    // `close` comes once in every case, `finish` only when the answer was sent.
    response.once('close', () => {
      finish({ request, response, startedAt, span, isOwnSpan: !existing, inner });
    });
    context.with(inner, next);
  };

  function finish(answer: Answer): void {
    const { request, response, span } = answer;
    const route = routeTemplate(request);
    const statusCode = response.writableFinished ? response.statusCode : callerLeftStatus;
    const seconds = (performance.now() - answer.startedAt) / 1_000;
    const isSampled = (span.spanContext().traceFlags & 1) === 1;
    metrics.end(request, response, {
      route,
      statusCode,
      seconds,
      traceId: isSampled ? span.spanContext().traceId : undefined,
    });
    completeSpan(answer, route, statusCode);
    writeRequestLine(telemetry.requestLogger, answer, {
      route,
      statusCode,
      durationMs: seconds * 1_000,
    });
  }
}

interface Answer {
  readonly request: Request;
  readonly response: Response;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly span: Span;
  readonly isOwnSpan: boolean;
  readonly inner: Context;
}

/** Attributes are set once, at the end: no sampler of ours reads them, and most spans are dropped. */
function completeSpan(
  { request, response, span, isOwnSpan }: Answer,
  route: string,
  statusCode: number,
): void {
  if (span.isRecording()) {
    span.updateName(`${request.method} ${route}`);
    span.setAttributes({
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': statusCode,
      'url.path': pathOf(request),
      'url.scheme': request.protocol,
    });
    if (statusCode >= 500) failSpan(span, answeredErrors.get(response), statusCode);
  }
  if (isOwnSpan) span.end();
}

function failSpan(span: Span, error: unknown, statusCode: number): void {
  if (isNativeError(error)) span.recordException(error);
  span.setAttribute('error.type', isNativeError(error) ? error.name : String(statusCode));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The path without its query string, which may hold what must not be written down. */
function pathOf({ originalUrl }: Request): string {
  const end = originalUrl.indexOf('?');
  return end === -1 ? originalUrl : originalUrl.slice(0, end);
}

function writeRequestLine(
  logger: Logger,
  { request, response, inner }: Answer,
  { route, statusCode, durationMs }: { route: string; statusCode: number; durationMs: number },
): void {
  const fields = {
    ...correlationFields(inner),
    method: request.method,
    route,
    path: pathOf(request),
    status_code: statusCode,
    duration_ms: Math.round(durationMs * 100) / 100,
  };
  if (statusCode < 500 && statusCode !== callerLeftStatus) {
    logger.info({ event: 'http_request_completed', ...fields }, 'request completed');
    return;
  }
  const error = answeredErrors.get(response);
  const failure = error === undefined ? {} : { err: error };
  logger.error({ event: 'http_request_failed', ...fields, ...failure }, 'request failed');
}
