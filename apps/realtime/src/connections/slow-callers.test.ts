import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime();
}, 60_000);

afterAll(() => realtime.stop());

test('ends a connection whose headers do not arrive', async () => {
  const { port } = new URL(`http://${realtime.address}`);
  const startedAt = performance.now();
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /ws HTTP/1.1\r\nHost: localhost\r\n');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  expect(String(answer)).toContain('HTTP/1.1 408');
  // Ten seconds and Node's look at its connections; by default it waits for seventy.
  expect(performance.now() - startedAt).toBeLessThan(30_000);
}, 90_000);
