import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '../logging/logger.ts';
import type { RequestLine } from '../logging/request-line.ts';
import { errorTypeName } from '../operations/outcome.ts';
import { failSpan } from '../operations/span.ts';
import { extractTraceContext, linkTo } from '../operations/trace-context.ts';
import { type RequestContext, sampledTraceId } from '../request-context.ts';
import { createRequestScope } from '../request-scope.ts';
import type { Telemetry } from '../telemetry.ts';
import { type Failure, recordedFailure, streamFailure } from './failure.ts';
import { readRequestIds } from './ids.ts';
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts';
import { observe, requestPath, routeTemplate } from './route.ts';

// nginx's code for a client that closed the connection before the answer; never sent by Express.
const callerLeftStatus = 499;

// Used twice, it would count each request twice.
const handledBy = Symbol('watchkeeper.handledBy');

const serverSpan = { kind: SpanKind.SERVER };

/**
 * The one HTTP middleware: request metrics, server span, ids and one log line for each request.
 * Use it first. Where another instrumentation made a server span already, that one is completed.
 */
export function httpMiddleware(telemetry: Telemetry): RequestHandler {
  const { isEnabled } = telemetry.configuration.metrics;
  const metrics = isEnabled ? createRequestMetrics(telemetry.metrics) : undefined;
  const finish = createFinish(telemetry, metrics);
  const tracer = trace.getTracer('@watchkeeper/telemetry');
  const { isTrustedCaller } = telemetry.configuration;

  return (request, response, next) => {
    const marked = response as Response & { [handledBy]?: Telemetry };
    if (marked[handledBy] === telemetry) return next();
    marked[handledBy] = telemetry;
    const startedAt = performance.now();
    observe(request, response);
    const isTrusted = isTrustedCaller(request.socket.remoteAddress);
    const ids: RequestContext = readRequestIds(request, isTrusted);
    response.setHeader('x-request-id', ids.requestId);
    response.setHeader('x-correlation-id', ids.correlationId);

    const outer = context.active();
    const existing = trace.getSpan(outer);
    const isContinued = existing === undefined && isTrusted;
    const parent = isContinued ? extractTraceContext(request.headers, outer) : outer;
    // A stranger must neither join a trace of ours nor decide whether it is sampled.
    const options = isTrusted ? serverSpan : { ...serverSpan, links: linkTo(request.headers) };
    const span = existing ?? tracer.startSpan(request.method, options, parent);

    metrics?.begin();
    // `close` comes once in every case, `finish` only when the answer was sent.
    response.on('close', () => {
      finish({ request, response, startedAt, span, isOwnSpan: !existing, ids });
    });
    context.with(createRequestScope(ids, span, parent), next);
  };
}

interface Answer {
  readonly request: Request;
  readonly response: Response;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly span: Span;
  readonly isOwnSpan: boolean;
  readonly ids: RequestContext;
}

function createFinish(telemetry: Telemetry, metrics: RequestMetrics | undefined) {
  const errors = telemetry.metrics.counter('errors_total');
  return (answer: Answer): void => {
    const { request, response, span } = answer;
    const route = routeTemplate(request);
    const recorded = recordedFailure(response);
    const failure = recorded ?? streamFailure(response);
    const statusCode = finalStatus(response, failure);
    const durationMs = performance.now() - answer.startedAt;
    const traceId = sampledTraceId(span);
    metrics?.end(request, response, { route, statusCode, seconds: durationMs / 1_000, traceId });
    const line: RequestLine = {
      ids: answer.ids,
      spanContext: span.spanContext(),
      method: request.method,
      route,
      path: requestPath(request),
      statusCode,
      durationMs: Math.round(durationMs * 100) / 100,
    };
    completeSpan(answer, line, failure);
    if (failure === undefined && statusCode < callerLeftStatus) {
      telemetry.writeRequestLine(line);
      return;
    }
    // The error handler has counted the failures that it recorded.
    if (recorded === undefined && statusCode !== callerLeftStatus) {
      const code = String(statusCode);
      errors.increment({
        error_type: failure === undefined ? code : errorTypeName(failure.error),
        error_code: code,
      });
    }
    // The end of an answer is an event of its connection, which has seen other requests.
    context.with(createRequestScope(answer.ids, span), () => {
      writeFailure(telemetry.logger, line, failure);
    });
  };
}

/** An aborted answer has failed whatever its status line: 500 if by us, 499 if by the caller. */
function finalStatus(response: Response, failure: Failure | undefined): number {
  if (response.writableFinished) return response.statusCode;
  return failure?.isMidway ? 500 : callerLeftStatus;
}

/** Attributes are set once, at the end: no sampler of ours reads them, and most spans are dropped. */
function completeSpan(
  { request, span, isOwnSpan }: Answer,
  { method, route, path, statusCode }: RequestLine,
  failure: Failure | undefined,
): void {
  if (span.isRecording()) {
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': statusCode,
      'url.path': path,
      'url.scheme': request.protocol,
    });
    if (failure !== undefined) failSpan(span, failure.error);
    else if (statusCode >= 500) {
      span.setAttribute('error.type', String(statusCode));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
  if (isOwnSpan) span.end();
}

function writeFailure(logger: Logger, line: RequestLine, failure: Failure | undefined): void {
  const fields = {
    method: line.method,
    route: line.route,
    path: line.path,
    status_code: line.statusCode,
    duration_ms: line.durationMs,
    err: failure?.error,
  };
  logger.error({ event: 'http_request_failed', ...fields }, 'request failed');
}
