import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { eventually } from '@watchkeeper/testing/waiting';
import WebSocket, { WebSocketServer } from 'ws';
import { createMessageChannel, instrumentWebSocketServer, setRequestUser } from '../index.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

interface Messages extends Record<string, unknown> {
  readonly ping: { readonly count: number };
  readonly pong: { readonly count: number };
}

const spans = startTestTracing();
const tracer = trace.getTracer('test');
let service: TestTelemetry;
let server: WebSocketServer;
let channel: ReturnType<typeof createMessageChannel<Messages>>;

beforeEach(async () => {
  spans.reset();
  service = await createTestTelemetry();
  const { telemetry } = service;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  expect(instrumentWebSocketServer(server, telemetry)).toBe(server);
  channel = createMessageChannel<Messages>(telemetry, { types: ['ping', 'pong'] });
  server.on('connection', (socket) => {
    setRequestUser('user-1');
    channel.receive(
      socket,
      ({ data }) => {
        const { count } = data as Messages['ping'];
        if (count < 0) throw new RangeError('negative');
        telemetry.logger.info({ event: 'ping_received' }, 'ping received');
        channel.send(socket, channel.encode('pong', { count }));
      },
      () => socket.close(1007),
    );
  });
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

async function connect(headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    headers,
  });
  await once(socket, 'open');
  return socket;
}

const metricLines = async () => (await service.telemetry.renderMetrics()).split('\n');

test('counts open connections and closes by code', async () => {
  const [first, second] = [await connect(), await connect()];
  expect(await metricLines()).toContain('ws_connections_active 2');
  first.close(1000);
  second.close(4321);
  await eventually(async () => expect(await metricLines()).toContain('ws_connections_active 0'));
  const lines = await metricLines();
  expect(lines).toContain('ws_connections_closed_total{code="1000"} 1');
  expect(lines).toContain('ws_connections_closed_total{code="other"} 1');
  expect(service.linesOf('ws_client_dropped')).toEqual([]);
});

test('names a client that was cut off', async () => {
  const socket = await connect({ 'x-request-id': 'upgrade-1' });
  socket.terminate();
  await eventually(async () =>
    expect(await metricLines()).toContain('ws_connections_closed_total{code="1006"} 1'),
  );
  expect(service.linesOf('ws_client_dropped')).toEqual([
    expect.objectContaining({ code: 1006, request_id: 'upgrade-1', user_id: 'user-1' }),
  ]);
});

test('survives a client that violates the protocol, and logs the violation', async () => {
  const socket = await connect();
  socket.on('error', () => {});
  // A frame with a reserved bit set. Source: RFC 6455, section 5.2.
  (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
    Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
  );
  await eventually(() => expect(service.linesOf('ws_client_dropped')).not.toEqual([]));
  expect(service.linesOf('ws_client_dropped')).toEqual([
    expect.objectContaining({
      code: 1006,
      err: expect.objectContaining({ code: 'WS_ERR_UNEXPECTED_RSV_2_3' }),
    }),
  ]);
});

test('carries one trace to the server and back', async () => {
  const socket = await connect();
  const span = tracer.startSpan('client');
  const { traceId } = span.spanContext();
  const answered = new Promise<string | undefined>((resolve) => {
    channel.receive(socket, () => resolve(trace.getActiveSpan()?.spanContext().traceId));
  });
  const message = context.with(trace.setSpan(context.active(), span), () =>
    channel.encode('ping', { count: 1 }),
  );
  expect(channel.send(socket, message)).toBe(true);
  expect(await answered).toBe(traceId);
  await eventually(() => expect(spans.named('receive pong')).toHaveLength(1));
  expect(spans.all().map(({ name }) => name)).toEqual([
    'send ping',
    'send pong',
    'receive ping',
    'receive pong',
  ]);
  expect(new Set(spans.all().map((each) => each.spanContext().traceId))).toEqual(
    new Set([traceId]),
  );
  expect(service.linesOf('ping_received')[0]).toMatchObject({ trace_id: traceId });
  const lines = await metricLines();
  expect(lines).toContain('ws_messages_sent_total{type="ping"} 1');
  expect(lines).toContain('ws_messages_received_total{type="pong"} 1');
});

test('begins a trace, linked to the upgrade, for a message without one', async () => {
  const upgrade = '0af7651916cd43dd8448eb211c80319c';
  const socket = await connect({ traceparent: `00-${upgrade}-b7ad6b7169203331-01` });
  socket.send(JSON.stringify({ type: 'ping', data: { count: 1 } }));
  await once(socket, 'message');
  await eventually(() => expect(spans.named('receive ping')).toHaveLength(1));
  const [span] = spans.named('receive ping');
  expect(span?.spanContext().traceId).not.toBe(upgrade);
  expect(span?.links[0]?.context.traceId).toBe(upgrade);
});

test('sends no context where nothing is traced, and makes no span for it', async () => {
  const { text } = channel.encode('ping', { count: 1 });
  expect(text).toBe('{"type":"ping","data":{"count":1}}');
  expect(spans.all()).toEqual([]);
});

test.each([
  ['not JSON', 'invalid'],
  ['[1]', 'invalid'],
  ['{"type":"made-up"}', 'other'],
])('counts %s as %s and refuses it', async (text, type) => {
  const socket = await connect();
  socket.send(text);
  const [code] = await once(socket, 'close');
  expect(code).toBe(1007);
  expect(await metricLines()).toContain(`ws_messages_received_total{type="${type}"} 1`);
});

test('records an error of a handler on span, line and metric, and keeps running', async () => {
  const socket = await connect();
  socket.send(JSON.stringify({ type: 'ping', data: { count: -1 } }));
  socket.send(JSON.stringify({ type: 'ping', data: { count: 1 } }));
  await once(socket, 'message');
  const [span] = spans.named('receive ping');
  expect(span?.attributes['error.type']).toBe('RangeError');
  expect(service.linesOf('ws_message_failed')).toEqual([
    expect.objectContaining({ type: 'ping', trace_id: span?.spanContext().traceId }),
  ]);
  expect(await metricLines()).toContain(
    'errors_total{error_type="RangeError",error_code="ws_message"} 1',
  );
});

test('closes open connections with 1001 at the shutdown, after what has been sent', async () => {
  service = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '2000' });
  const other = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  instrumentWebSocketServer(other, service.telemetry);
  await once(other, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(other.address() as AddressInfo).port}`);
  const [[socket]] = (await Promise.all([once(other, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  const received = once(client, 'message');
  const closed = once(client, 'close');
  const stopped = service.telemetry.shutdown.run('test');
  socket.send('last words');
  expect(String((await received)[0])).toBe('last words');
  expect((await closed)[0]).toBe(1001);
  expect(await stopped).toBe(true);
  other.close();
});
