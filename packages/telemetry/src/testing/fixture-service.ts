// The smallest whole service, for tests that need a process of its own, with real telemetry.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { errorHandler, httpMiddleware, instrumentFetch, runService, serveHttp } from '../index.ts';

/** A `fetch` made of what is older than it, as some are that guard where they connect to. */
const fetchByRequest: typeof fetch = (url, init) =>
  new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    const outgoing = request(String(url), { headers }, async (answer) => {
      resolve(new Response(await text(answer)));
    });
    outgoing.on('error', reject).end();
  });

await runService(
  (reader) => ({
    port: reader.integer('PORT', { min: 1, max: 65_535 }),
    dependencyUrl: reader.url('DEPENDENCY_URL', 'http://127.0.0.1:9'),
    series: reader.integer('SERIES', { fallback: 0, min: 0, max: 100_000 }),
  }),
  async ({ port, dependencyUrl, series }, telemetry) => {
    const app = express();
    app.use(httpMiddleware(telemetry));
    app.get('/hello/:id', (request, response) => void response.json({ id: request.params.id }));
    app.get('/works/:id', async (request, response) => {
      await sleep(1);
      telemetry.logger.info({ event: 'work_completed' }, 'work done');
      response.json({ id: request.params.id });
    });
    app.get('/slow/:id', (_, response) => void setTimeout(() => response.end(), 150));
    app.get('/fails/:id', async () => {
      await sleep(1);
      throw new TypeError('made to fail');
    });
    // A call to a third party without this library.
    app.get('/calls/fetch', async (_, response) => {
      response.send(await (await fetch(dependencyUrl)).text());
    });
    app.get('/calls/request', (_, response) => {
      request(dependencyUrl, (answer) => void answer.pipe(response)).end();
    });
    const send = instrumentFetch(fetchByRequest, { ownHosts: [] });
    app.get('/calls/third-party', async (_, response) => {
      response.send(await (await send(dependencyUrl)).text());
    });
    app.get('/crash', () => {
      setImmediate(() => {
        throw new RangeError('caught by nobody');
      });
    });
    app.get('/crash/:times', (request) => {
      for (let time = 1; time <= Number(request.params.times); time += 1) {
        setImmediate(() => {
          throw new RangeError(`caught by nobody, ${time}`);
        });
        void Promise.reject(new RangeError(`handled by nobody, ${time}`));
      }
    });
    app.use(errorHandler(telemetry));
    // A large registry: metrics of a thousand series each, as many as it takes.
    for (let part = 0; part * 1_000 < series; part += 1) {
      const name = `fixture_${part}_total`;
      const labels = { id: { atMost: 1_000 } };
      const metrics = telemetry.declareMetrics({ [name]: { type: 'counter', help: '-', labels } });
      const counter = metrics.counter(name as never);
      for (let id = 0; id < 1_000; id += 1) counter.add(1, { id: String(id) } as never);
    }
    await telemetry.startManagement();
    await serveHttp(telemetry, app, { port, bindAddress: '127.0.0.1' });
  },
);
