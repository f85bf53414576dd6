import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime();
}, 60_000);

afterAll(() => realtime.stop());

test.each(['ping', 'pong'] as const)(
  'disconnects a client that floods it with %ss',
  async (kind) => {
    const client = await realtime.connect();
    for (let i = 0; i < 100; i += 1) client.socket[kind]();
    const { code, reason } = await client.closed();
    expect(code).toBe(1008);
    expect(JSON.parse(reason)).toEqual({ reason: 'too_many_pings' });
  },
);

test('tolerates the pings of a nervous client', async () => {
  const client = await realtime.connect();
  for (let i = 0; i < 15; i += 1) client.socket.ping();
  client.send('heartbeat');
  await client.next('pong');
  await client.close();
});
