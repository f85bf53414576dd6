import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import { createEnvironmentReader, createTelemetry, readTelemetryConfiguration } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import { openLogDestination } from './destination.ts';

afterAll(removeTemporaryFolders);

test('carries the common fields on every line, with the time in ISO 8601', async () => {
  const { telemetry, lines } = await createTestTelemetry({ SERVICE_VERSION: '1.2.3' });
  telemetry.logger.info({ event: 'server_started' }, 'server started');
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'test',
      version: '1.2.3',
      environment: 'development',
      event: 'server_started',
      msg: 'server started',
    },
  ]);
});

test.each([
  [{ password: 'x' }, { password: '[redacted]' }],
  [{ body: { phone: 'x' } }, { body: { phone: '[redacted]' } }],
  [
    { users: [{ PhoneNumber: 'x', name: 'y' }] },
    { users: [{ PhoneNumber: '[redacted]', name: 'y' }] },
  ],
  [{ a: { b: { c: { otp: 'x' } } } }, { a: { b: { c: { otp: '[redacted]' } } } }],
  [{ request: { headers: { cookie: 'x' } } }, { request: { headers: { cookie: '[redacted]' } } }],
  [{ headers: { 'set-cookie': 'x' } }, { headers: { 'set-cookie': '[redacted]' } }],
  [
    { headers: { 'X-Api-Key': 'x', 'proxy-authorization': 'x' } },
    { headers: { 'X-Api-Key': '[redacted]', 'proxy-authorization': '[redacted]' } },
  ],
  [
    { jwt: 'x', client_secret: 'x', passphrase: 'x', cvv: 'x', verificationCode: 'x' },
    {
      ...{ jwt: '[redacted]', client_secret: '[redacted]', passphrase: '[redacted]' },
      ...{ cvv: '[redacted]', verificationCode: '[redacted]' },
    },
  ],
  [
    { refreshToken: 'x', card_number: 'x' },
    { refreshToken: '[redacted]', card_number: '[redacted]' },
  ],
])('redacts %j', async (fields, expected) => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({ event: 'server_started', ...fields }, 'server started');
  expect(lines[0]).toMatchObject(expected);
});

test('redacts the bindings of a child logger', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.child({ token: 'x' }).info({ event: 'server_started' }, 'server started');
  expect(lines[0]?.token).toBe('[redacted]');
});

const throwing = {
  get inside() {
    throw new Error('not to be read');
  },
};
const circular: Record<string, unknown> = {};
circular.self = circular;

test.each<[string, object]>([
  ['a getter that throws', { fields: throwing }],
  ['a proxy that throws', { fields: new Proxy({}, { ownKeys: () => throwing.inside as never }) }],
  ['a toJSON that throws', { fields: { toJSON: () => throwing.inside } }],
  ['a circle', { circular }],
  ['a bigint, a symbol and a function', { one: 1n, two: Symbol('x'), three: () => {} }],
  ['a thrown nothing', { err: Object.create(null) }],
  ['an error without a prototype', { err: Object.setPrototypeOf(new Error('x'), null) }],
  [
    'an error whose stack throws',
    { err: Object.defineProperty(new Error('x'), 'stack', { get: () => throwing.inside }) },
  ],
])('writes a line of %s without an error', async (_name, fields) => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({ event: 'order_read', order_id: 7, ...fields }, 'order read');
  expect(lines).toEqual([
    expect.objectContaining({ event: 'order_read', order_id: 7, msg: 'order read' }),
  ]);
});

test('leaves the logged object itself as it was', async () => {
  const { telemetry } = await createTestTelemetry();
  const body = { phone: '+31', nested: { otp: '1' } };
  telemetry.logger.info({ event: 'server_started', body }, 'server started');
  expect(body).toEqual({ phone: '+31', nested: { otp: '1' } });
});

test('logs the safe fields of an error and of its causes', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  const cause = Object.assign(new Error('duplicate'), { code: '23505', detail: 'phone=+31…' });
  telemetry.logger.error(
    { event: 'server_started', err: new TypeError('no', { cause }) },
    'failed',
  );
  expect(lines[0]?.err).toEqual({
    type: 'TypeError',
    message: 'no',
    stack: expect.stringContaining('TypeError: no'),
    cause: { type: 'Error', message: 'duplicate', stack: expect.any(String), code: '23505' },
  });
});

test('counts lines by level', async () => {
  const { telemetry } = await createTestTelemetry();
  telemetry.logger.warn({ event: 'slow_query' }, 'slow');
  telemetry.logger.warn({ event: 'slow_query' }, 'slow');
  const metrics = await telemetry.renderMetrics();
  expect(metrics).toContain('log_lines_total{level="warn"} 2');
  // There before the first one, which is then seen as an increase.
  expect(metrics).toContain('log_lines_total{level="error"} 0');
});

test('counts problem events by name, starting at zero', async () => {
  const { telemetry } = await createTestTelemetry();
  telemetry.declareLogEvents({
    refund_failed: { level: 'error', meaning: 'No money went back.', fields: [] },
    refund_made: { level: 'info', meaning: 'It did.', fields: [] },
  });
  telemetry.logger.info({ event: 'refund_made' }, 'made');
  telemetry.logger.child({ order: 1 }).warn({ event: 'slow_query' }, 'slow');
  telemetry.logger.error('of no event');
  const metrics = await telemetry.renderMetrics();
  expect(metrics).toContain('log_problem_events_total{event="refund_failed"} 0');
  expect(metrics).toContain('log_problem_events_total{event="slow_query"} 1');
  expect(metrics).toContain('log_problem_events_total{event="unnamed"} 1');
  expect(metrics).not.toContain('refund_made');
});

test('counts in the metrics each line that its destination lost', async () => {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test' });
  const configuration = readTelemetryConfiguration(reader);
  const telemetry = await createTelemetry(configuration, async (_, { onDrop }) => {
    onDrop('buffer_full', 3);
    onDrop('write_failed', 2);
    return { stream: { write: () => {} }, end: async () => {} };
  });
  const metrics = await telemetry.renderMetrics();
  expect(metrics).toContain('log_lines_dropped_total{reason="buffer_full"} 3');
  expect(metrics).toContain('log_lines_dropped_total{reason="write_failed"} 2');
});

test('rotates the file by size and loses no line', async () => {
  const folder = makeTemporaryFolder('log');
  const log = {
    level: 'info',
    format: 'json',
    file: join(folder, 'app.log'),
    maxFileMegabytes: 1,
    maxFiles: 5,
    lokiUrl: undefined,
  } as const;
  const losses: unknown[] = [];
  const note = (...loss: unknown[]) => void losses.push(loss);
  const listener = { onDrop: note, onFault: note, onReopen: note };
  const destination = await openLogDestination(log, listener, { stdout: false });
  const count = 3_000;
  for (let i = 0; i < count; i += 1) {
    destination.stream.write(`${JSON.stringify({ i, filler: 'x'.repeat(1_000) })}\n`);
    // Rotation happens between writes, so the writer must let go once in a while.
    if (i % 100 === 0) await sleep(5);
  }
  // A slow disk may not have got that far, and after the end there is nothing to rotate.
  await eventually(() => expect(readdirSync(folder).length).toBeGreaterThan(1));
  await destination.end();
  const files = readdirSync(folder).sort();
  const lines = files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean),
  );
  expect(lines.map((line) => JSON.parse(line).i).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, index) => index),
  );
  expect(losses).toEqual([]);
});
