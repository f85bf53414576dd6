// A caller chooses paths, methods, ids and headers; none of it may make the registry grow.
import { connect } from 'node:net';
import { expect, jest, test } from '@jest/globals';
import express, { type Request, type Response, Router } from 'express';
import { errorHandler, httpMiddleware, notFoundHandler, serveHttp } from './index.ts';
import { createTestTelemetry } from './testing/test-telemetry.ts';

// It takes ten seconds of processor time, on a machine that may have other things to do.
jest.setTimeout(300_000);

type Made = Awaited<ReturnType<typeof createTestTelemetry>>['telemetry'];

async function makeService() {
  const { telemetry } = await createTestTelemetry({ LOG_LEVEL: 'silent' });
  const app = express();
  app.use(httpMiddleware(telemetry));
  app.get('/orders/:id', (request, response) => void response.json({ id: request.params.id }));
  // Express keeps a router's own parameters as values only: the way to unbounded templates.
  const tenant = Router().get('/menu', (_, response) => void response.end());
  app.use('/tenants/:tenant', tenant);
  app.use(notFoundHandler(), errorHandler(telemetry));
  const address = await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  return { telemetry, port: Number(address.split(':').at(-1)) };
}

/** Every series, without its value and its exemplar. */
async function seriesOf(telemetry: Made): Promise<string[]> {
  const lines = (await telemetry.renderMetrics()).split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^([^{ ]+(?:\{[^}]*\})?) .*$/, '$1'))
    .filter((series) => !/^(nodejs|process)_/.test(series));
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PROPFIND', 'MKCOL', 'REPORT', 'LINK'];

/** Sends requests of which no two are alike, over one connection; resolves to their number. */
function flood(port: number, count: number, pathOf: (index: number) => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answers = '';
    socket.on('error', reject);
    socket.setEncoding('latin1').on('data', (text: string) => {
      answers += text;
    });
    socket.on('close', () => resolve(answers.split('HTTP/1.1 ').length - 1));
    for (let index = 0; index < count; index += 1) {
      const last = index === count - 1 ? 'connection: close\r\n' : '';
      const headers = `host: h${index}\r\nx-request-id: r${index}\r\nx-h${index}: ${index}\r\n`;
      const method = methods[index % methods.length];
      socket.write(`${method} ${pathOf(index)} HTTP/1.1\r\n${headers}${last}\r\n`);
    }
  });
}

test('keeps its series under a million requests of which no two are alike', async () => {
  const { telemetry, port } = await makeService();
  // One of each kind, so that all there can be is there.
  await flood(port, 2 * methods.length, (index) => (index < 8 ? '/orders/1' : '/nowhere'));
  const before = await seriesOf(telemetry);
  // On the wire, where Express and the parser of HTTP have their say, as many as time allows.
  const onTheWire = 20_000;
  const pathOf = (index: number) => (index % 2 ? `/orders/${index}` : `/${index}?q=${index}`);
  expect(await flood(port, onTheWire, pathOf)).toBe(onTheWire);
  const middleware = httpMiddleware(telemetry);
  for (let index = onTheWire; index < 1_000_000; index += 1) passThrough(middleware, index);
  expect(await seriesOf(telemetry)).toEqual(before);
  const text = await telemetry.renderMetrics();
  expect(text).toContain('http_requests_in_flight 0');
  await telemetry.shutdown.run('test');
});

// A prototype of its own, as Express gives one to the requests of each app.
const passing = {
  statusCode: 404,
  socket: { remoteAddress: '192.0.2.1' },
  writableFinished: true,
  setHeader: () => {},
  getHeader: () => 100,
};

/** What the middleware uses of a request that no route took and of its answer, without the wire. */
function passThrough(middleware: ReturnType<typeof httpMiddleware>, index: number): void {
  let close = () => {};
  const both = Object.assign(Object.create(passing), {
    originalUrl: `/${index}?q=${index}`,
    method: index % 3 ? `M${index}` : 'GET',
    headers: { 'x-request-id': `r${index}`, 'user-agent': `${index}` },
    on: (_: string, listener: () => void) => {
      close = listener;
    },
  });
  middleware(both as Request, both as Response, () => {});
  close();
}

test('bounds templates that a caller can choose, and counts the values recorded as `other`', async () => {
  const { telemetry, port } = await makeService();
  await flood(port, 8_000, (index) => `/tenants/first-${index}/menu`);
  const before = await seriesOf(telemetry);
  await flood(port, 8_000, (index) => `/tenants/second-${index}/menu`);
  expect(await seriesOf(telemetry)).toEqual(before);
  expect(before.filter((series) => series.startsWith('http_requests_total')).length).toBeLessThan(
    1_000,
  );
  expect(before).toContain('telemetry_label_overflows_total{metric="http_requests_total"}');
  await telemetry.shutdown.run('test');
});
