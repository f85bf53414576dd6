import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import fc from 'fast-check';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';
import { messageTypes } from './messages.ts';

let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime();
}, 60_000);

afterAll(() => realtime.stop());

// Those in the README, and 1002 and 1007 of the protocol itself.
const documentedCodes = [1002, 1003, 1007, 1008, 1009];

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const type = fc.oneof(
  fc.constantFrom(...messageTypes, '__proto__', 'constructor', 'toString', ''),
  fc.string(),
);
const huge = fc.constantFrom('1e999', '-1e-999', '9'.repeat(400), '1e308');
const data = fc.oneof(
  fc.anything({ withNullPrototype: false }).map((value) => JSON.stringify(value) ?? 'null'),
  fc.json({ maxDepth: 8 }),
  huge,
  fc.integer({ min: 1, max: 6_000 }).map(nested),
  fc
    .record({
      orderId: fc.oneof(fc.constant(randomUUID()), fc.anything()),
      messageIds: fc.oneof(fc.array(fc.uuid()), fc.anything()),
      userIds: fc.oneof(fc.array(fc.uuid()), fc.anything()),
      clientMessageId: fc.oneof(fc.string(), fc.anything()),
      text: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
      isTyping: fc.oneof(fc.boolean(), fc.anything()),
    })
    .map((value) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? 0 : each))),
);
const envelope = fc
  .tuple(type, data, fc.option(fc.string()))
  .map(
    ([name, text, trace]) =>
      `{"type":${JSON.stringify(name)},"traceparent":${JSON.stringify(trace)},"data":${text}}`,
  );
const frame = fc.oneof(
  { weight: 6, arbitrary: envelope },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 15_000, max: 20_000 }).map((size) => 'x'.repeat(size)),
  },
);

test('responds to any frame, or closes with a documented code', async () => {
  const property = fc.asyncProperty(
    fc.array(frame, { minLength: 1, maxLength: 12 }),
    async (frames) => {
      const client = await realtime.connect();
      for (const each of frames) client.socket.send(each);
      client.send('heartbeat');
      const isAnswered = () => client.received.some((each) => each.type === 'pong');
      await waitUntil(() => isAnswered() || client.socket.readyState === client.socket.CLOSED);
      if (client.socket.readyState === client.socket.CLOSED) {
        expect(documentedCodes).toContain((await client.closed()).code);
      }
      await client.close();
    },
  );
  await fc.assert(property, { numRuns: 150 });

  expect(realtime.linesOf('ws_message_failed')).toEqual([]);
  expect(realtime.linesOf('process_crashed')).toEqual([]);
  const text = await realtime.telemetry.renderMetrics();
  const received = [...text.matchAll(/ws_messages_received_total\{type="([^"]*)"\}/g)];
  const allowed = [...messageTypes, 'invalid', 'other'];
  for (const [, label] of received) expect(allowed).toContain(label);
  expect(text).not.toContain('telemetry_label_overflows_total{');
}, 60_000);

test('answers any upgrade with 101 or a 4xx', async () => {
  const token = await realtime.token();
  const line = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
  const header = fc.record({
    'Sec-WebSocket-Key': fc.oneof(fc.constant('dGhlIHNhbXBsZSBub25jZQ=='), line),
    'Sec-WebSocket-Version': fc.oneof(fc.constant('13'), line),
    'Sec-WebSocket-Protocol': fc.option(line, { nil: 'chat' }),
    Authorization: fc.oneof({ weight: 4, arbitrary: fc.constant(`Bearer ${token}`) }, line),
    Origin: fc.oneof(fc.constant('http://localhost:3000'), line),
    'X-Request-Id': line,
  });
  const property = fc.asyncProperty(header, line, async (headers, query) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const path = `/ws?${encodeURIComponent(query)}`;
    const status = await statusOf([
      `GET ${path} HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      ...lines,
    ]);
    expect([101, 400, 401, 403]).toContain(status);
  });
  await fc.assert(property, { numRuns: 100 });
}, 60_000);

/** The status of the answer to a request that is written as it is. */
async function statusOf(lines: readonly string[]): Promise<number> {
  const [host, port] = realtime.address.split(':');
  const socket = connect(Number(port), host);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(String(answer).split(' ')[1]);
}
