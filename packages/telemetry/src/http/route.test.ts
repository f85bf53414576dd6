import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { eventually } from '@watchkeeper/testing/waiting';
import express from 'express';
import { httpMiddleware } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const router = express.Router();
router.get(['/a/:id', /^\/b\d+$/], (_, response) => response.send('list'));
router.get(/^\/c(\d+)$/, (_, response) => response.send('pattern'));

test.each([
  ['/api/a/7', '/api/a/:id,/api/^\\/b\\d+$/'],
  ['/api/b12', '/api/a/:id,/api/^\\/b\\d+$/'],
  ['/api/c34', '/api/^\\/c(\\d+)$/'],
])('counts %s under %s', async (path, route) => {
  const { telemetry, lines } = await createTestTelemetry();
  const server = createServer(express().use(httpMiddleware(telemetry)).use('/api', router));
  const port = await listenOnFreePort(server);
  await fetch(`http://127.0.0.1:${port}${path}`);
  await eventually(() => expect(lines).toMatchObject([{ event: 'http_request_completed', route }]));
  server.closeAllConnections();
  server.close();
});
