// A service of fifty lines: a menu behind a cache, an order that calls another host, metrics of its
// own. Start it with `node --import @watchkeeper/telemetry/instrumentation example/main.ts`.
import {
  counter,
  errorHandler,
  HttpError,
  httpMiddleware,
  instrumentCache,
  instrumentFetch,
  notFoundHandler,
  runService,
  serveHttp,
  setRequestUser,
} from '@watchkeeper/telemetry';
import express from 'express';
import { LRUCache } from 'lru-cache';

// Declared once: the registry refuses any other label, so no caller can make it grow.
const orderMetrics = {
  orders_created_total: counter('Orders placed, by outcome.', { result: ['success', 'refused'] }),
} as const;

await runService(
  (reader) => ({
    port: reader.integer('PORT', { fallback: 3000, min: 0, max: 65_535 }),
    kitchenUrl: reader.url('KITCHEN_URL', 'http://localhost:4000'),
  }),
  async ({ port, kitchenUrl }, telemetry) => {
    const orders = telemetry.declareMetrics(orderMetrics).counter('orders_created_total');
    const menus = new LRUCache<string, string>({ max: 100 });
    instrumentCache(menus, telemetry, { name: 'menus' });
    const send = instrumentFetch(fetch, { ownHosts: [new URL(kitchenUrl).hostname] });

    const app = express();
    app.use(httpMiddleware(telemetry));
    app.get('/menus/:id', (request, response) => {
      const key = `menu:${request.params.id}`;
      const menu = menus.get(key) ?? `Menu ${request.params.id}`;
      menus.set(key, menu);
      response.json({ menu });
    });
    app.post('/orders', async (request, response) => {
      setRequestUser(request.get('x-user') ?? 'guest');
      const answer = await send(`${kitchenUrl}/tickets`, { method: 'POST' });
      orders.increment({ result: answer.ok ? 'success' : 'refused' });
      if (!answer.ok) throw new HttpError(409, 'The kitchen is closed.', { code: 'closed' });
      telemetry.logger.info({ event: 'order_create_completed' }, 'order created');
      response.status(201).json({ status: 'placed' });
    });
    app.use(notFoundHandler(), errorHandler(telemetry));

    await telemetry.startManagement();
    await serveHttp(telemetry, app, { port, bindAddress: '127.0.0.1' });
  },
);
