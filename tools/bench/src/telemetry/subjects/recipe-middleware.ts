import type { RequestHandler } from 'express';
import pino from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics and the log line of tutorials: a new object of labels on each request. */
export function recipeMiddleware(): RequestHandler {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status_code'] as const;
  const registers = [registry];
  const requests = new Counter({ name: 'http_requests_total', help: '-', labelNames, registers });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: '-',
    labelNames,
    registers,
  });
  const inFlight = new Gauge({ name: 'http_requests_in_flight', help: '-', registers });
  const logger = pino(pino.destination({ dest: 1, sync: false }));
  return (request, response, next) => {
    const startedAt = process.hrtime.bigint();
    inFlight.inc();
    response.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      const labels = {
        method: request.method,
        route: request.route?.path ?? 'unmatched',
        status_code: response.statusCode,
      };
      requests.inc(labels);
      duration.observe(labels, seconds);
      inFlight.dec();
      logger.info({ ...labels, duration_ms: seconds * 1_000 }, 'request completed');
    });
    next();
  };
}
