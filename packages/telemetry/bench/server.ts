// One contender of the benchmark, chosen by the first argument; prints its address, then serves.
import express, { type Express, type RequestHandler } from 'express';
import pg from 'pg';
import pino from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  createEnvironmentReader,
  createTelemetry,
  httpMiddleware,
  instrumentPool,
  readTelemetryConfiguration,
  type Telemetry,
} from '../src/index.ts';

const [contender = 'bare'] = process.argv.slice(2);

/** The usual recipe's metrics and log line: label objects on each request, and a child logger. */
function recipeMiddleware(): RequestHandler {
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
  const logger = pino(pino.destination({ dest: logFile(), sync: false }));
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

function logFile(): string {
  const { LOG_FILE = '/dev/null' } = process.env;
  return LOG_FILE;
}

async function makeTelemetry(): Promise<Telemetry> {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'bench', ...process.env });
  const configuration = readTelemetryConfiguration(reader);
  reader.finish();
  return createTelemetry(configuration);
}

async function makeApp(): Promise<Express> {
  const app = express();
  const telemetry = contender.startsWith('watchkeeper') ? await makeTelemetry() : undefined;
  if (telemetry !== undefined) app.use(httpMiddleware(telemetry));
  if (contender === 'recipe') app.use(recipeMiddleware());
  app.get('/hello/:id', (request, response) => {
    response.json({ id: request.params.id, greeting: 'hello' });
  });
  const connectionString = process.env.DATABASE_URL;
  if (connectionString !== undefined) {
    const pool = new pg.Pool({ connectionString, max: 10 });
    if (telemetry !== undefined) instrumentPool(pool, telemetry);
    app.get('/row/:id', async (request, response) => {
      const { rows } = await pool.query('SELECT $1::text AS id', [request.params.id]);
      response.json(rows[0]);
    });
  }
  return app;
}

const app = await makeApp();
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
// The benchmark lets go of the channel when it is done.
process.once('disconnect', () => process.exit(0));
