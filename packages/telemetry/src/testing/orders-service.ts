import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from '@jest/globals';
import express, { Router } from 'express';
import {
  BusinessRuleError,
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  serveHttp,
} from '../index.ts';
import { startTestTracing } from './spans.ts';
import { createTestTelemetry, type TestTelemetry } from './test-telemetry.ts';

/** A service with a route for each way in which a request can end. */
interface OrdersService extends TestTelemetry {
  readonly base: string;
  /** The lines of the registry, once every request so far has ended. */
  metrics(): Promise<string[]>;
  stop(): Promise<unknown>;
}

/** The service, started again for each test of a file, and the spans of its process. */
export function useOrdersService() {
  const spans = startTestTracing();
  const orders = {} as OrdersService;
  beforeEach(async () => {
    spans.reset();
    Object.assign(orders, await startOrdersService());
  });
  afterEach(() => orders.stop());
  return { orders, spans };
}

/** Starts the service in this process. */
async function startOrdersService(): Promise<OrdersService> {
  const service = await createTestTelemetry();
  const { telemetry } = service;
  const app = express();
  app.use(httpMiddleware(telemetry));
  app.use(express.json());
  app.use('/orders', ordersRouter(service));
  app.post('/orders', (request, response) => void response.status(201).json(request.body));
  app.get('/broken', () => {
    throw new TypeError('secret inside');
  });
  app.use('/fails', failingRouter());
  app.get('/rule', () => {
    throw new BusinessRuleError('CLOSED', 'The kitchen is closed.', { opensAt: 9 });
  });
  app.get('/hangs', () => {});
  app.get('/streams', async (_, response) => {
    const source = async function* () {
      for (;;) {
        yield 'part';
        await sleep(5);
      }
    };
    await pipeline(source, response);
  });
  app.use(notFoundHandler(), errorHandler(telemetry));
  const address = await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  return {
    ...service,
    base: `http://${address}`,
    async metrics() {
      // An answer arrives a moment before the middleware has seen its end.
      for (; ; await sleep(10)) {
        const lines = (await telemetry.renderMetrics()).split('\n');
        if (lines.includes('http_requests_in_flight 0')) return lines;
      }
    },
    stop: () => telemetry.shutdown.run('test'),
  };
}

function ordersRouter({ telemetry }: TestTelemetry): Router {
  const orders = Router();
  orders.get('/', (_, response) => void response.json([]));
  orders.get('/:id', (request, response) => {
    telemetry.logger.info({ event: 'order_read' }, 'order read');
    response.json({ id: request.params.id });
  });
  orders.get('/:id/fails', () => {
    throw new Error('inside a router');
  });
  return orders;
}

class KitchenError extends Error {}

/** A route for each way in which an answer can fail. */
function failingRouter(): Router {
  const fails = Router();
  fails.get('/before', () => {
    throw new KitchenError('on fire');
  });
  fails.get('/not-with-an-error', () => {
    throw 'text';
  });
  fails.get('/by-itself', (_, response) => void response.status(503).end());
  fails.get('/midway', (_, response) => {
    response.write('part');
    throw new KitchenError('on fire');
  });
  fails.get('/afterwards', (_, response) => {
    response.end('whole');
    throw new KitchenError('on fire');
  });
  fails.get('/with-its-source', async (_, response) => {
    const source = async function* () {
      yield 'part';
      throw new KitchenError('on fire');
    };
    await pipeline(source, response);
  });
  fails.get('/silently-with-its-source', (_, response) => {
    response.write('part');
    response.destroy(new KitchenError('on fire'));
  });
  return fails;
}
