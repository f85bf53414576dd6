import { expect, test } from '@jest/globals';
import express from 'express';
import { httpMiddleware, serveHttp } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

test('keeps the ids of a request where tracing is off, and writes no trace id', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  const app = express();
  app.use(httpMiddleware(telemetry));
  app.get('/', (_, response) => {
    setImmediate(() => {
      telemetry.logger.info({ event: 'later' }, 'after the handler');
      response.end();
    });
  });
  const address = await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  const response = await fetch(`http://${address}/`);
  await telemetry.shutdown.run('test');
  expect(linesOf('later')).toEqual([
    expect.objectContaining({ request_id: response.headers.get('x-request-id') }),
  ]);
  for (const event of ['later', 'http_request_completed']) {
    expect(linesOf(event)[0]).not.toHaveProperty('trace_id');
  }
  expect(await telemetry.renderMetrics()).not.toContain('trace_id');
});
