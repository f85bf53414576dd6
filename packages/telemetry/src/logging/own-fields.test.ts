import { expect, test } from '@jest/globals';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { createRequestScope } from '../request-scope.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const common = { service: 'test', version: '0.0.0', environment: 'development', level: 'info' };
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const circular: Record<string, unknown> = {};
circular.self = circular;

test.each<[string, Record<string, unknown>]>([
  ['time', { time: '18:30' }],
  ['environment', { environment: { a: 1 } }],
  ['service', { service: 'other' }],
  ['level', { level: 'fatal' }],
  ['a number as level', { level: 60 }],
  ['version', { version: null }],
  ['no time', { time: null }],
  ['an invalid date', { time: Number.NaN }],
  ['a list', { service: ['a', 'b'] }],
  ['an error', { environment: new Error('x') }],
  ['a circle', { level: circular }],
  ['all of them', { time: 1, level: 2, service: 3, version: 4, environment: 5 }],
])("keeps the logger's own fields where a line has %s", async (_name, fields) => {
  const { telemetry, lines } = await createTestTelemetry();
  const { logger } = telemetry;
  logger.info({ event: 'e', ...fields }, 'written');
  logger.child(fields).info({ event: 'e' }, 'written');
  const bound = logger.child({});
  bound.setBindings(fields);
  bound.child({}).info({ event: 'e' }, 'written');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line).toMatchObject({ ...common, time: isoTime, event: 'e', msg: 'written' });
    for (const name of Object.keys(fields)) expect(line).toHaveProperty(`own_${name}`);
  }
});

test('writes each name once', async () => {
  const written: string[] = [];
  const { telemetry } = await createTestTelemetry();
  const stream = { write: (text: string) => void written.push(text) };
  const { createLoggers } = await import('./logger.ts');
  const { logger } = createLoggers(telemetry.configuration, stream);
  logger.child({ service: 'other', level: 'x' }).info({ time: 1, environment: 2 }, 'written');
  for (const name of ['time', 'level', 'service', 'environment']) {
    expect(written[0]?.split(`"${name}":`)).toHaveLength(2);
  }
});

const ids = { requestId: 'r-1', correlationId: 'c-1', userId: 'u-1' };
const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const scope = createRequestScope(ids, trace.wrapSpanContext(spanContext));
const loggers = { request_id: 'r-1', correlation_id: 'c-1', user_id: 'u-1' };
const traced = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
const others = {
  ...{ request_id: 'x', correlation_id: { a: 1 }, user_id: 7 },
  ...{ trace_id: null, span_id: 'y' },
};

test("keeps the ids where they are the logger's", async () => {
  const { telemetry, lines } = await createTestTelemetry();
  context.with(scope, () => {
    telemetry.logger.info({ ...others }, 'a line');
    telemetry.logger.child(others).child({ a: 1 }).info('a child');
  });
  for (const line of lines) {
    expect(line).toMatchObject({ ...loggers, ...traced });
    for (const [name, value] of Object.entries(others)) expect(line[`own_${name}`]).toEqual(value);
  }
});

test("keeps a caller's ids where the logger has none, or the same", async () => {
  const { telemetry, lines } = await createTestTelemetry();
  const { logger } = telemetry;
  const bound = logger.child({ request_id: 'x' });
  context.with(ROOT_CONTEXT, () => bound.info({ trace_id: 't' }, 'outside'));
  context.with(scope, () => logger.child({ request_id: 'r-1' }).info({ user_id: 'u-1' }, 'same'));
  expect(lines[0]).toMatchObject({ request_id: 'x', trace_id: 't' });
  expect(lines[1]).toMatchObject(loggers);
  expect(Object.keys(lines[1] ?? {}).filter((name) => name.startsWith('own_'))).toEqual([]);
  expect(bound.bindings()).toMatchObject({ request_id: 'x', service: 'test' });
});

const unreadable = {
  toString: () => {
    throw new Error('not to be read');
  },
};

test.each<[string, unknown[], unknown]>([
  ['a symbol', [Symbol('x')], 'Symbol(x)'],
  ['a symbol behind fields', [{ event: 'e' }, Symbol('x')], 'Symbol(x)'],
  ['a symbol in a text', ['%s %d', Symbol('x'), Symbol('y')], 'Symbol(x) NaN'],
  ['a big integer', [10n], 10],
  ['a function', [() => {}], '[function ]'],
  ['nothing', [undefined], undefined],
  ['null', [null], null],
  ['an object without a text', ['%s', Object.create(null)], '{}'],
  ['an object whose text throws', ['%s', unreadable], '[unreadable]'],
  ['a number that throws', ['%d', { valueOf: unreadable.toString }], '[unreadable]'],
  [
    'an object as message',
    [{ event: 'e' }, { password: 'x', a: 1 }],
    { password: '[redacted]', a: 1 },
  ],
  ['a proxy that was revoked', ['%j', revoked()], '[unreadable]'],
  ['an invalid date', ['%j', new Date(Number.NaN)], 'null'],
  ['too few arguments', ['%s and %s', 'a'], 'a and %s'],
  ['a percent sign', ['100%% of %s', 'it'], '100% of it'],
])('takes %s as message', async (_name, given, expected) => {
  const { telemetry, lines } = await createTestTelemetry();
  const write = telemetry.logger.info as (...given: unknown[]) => void;
  write.apply(telemetry.logger, given);
  telemetry.logger
    .child({}, { msgPrefix: 'prefix ' })
    .info(given[0] as string, ...(given.slice(1) as []));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject(common);
  expect(lines[0]?.msg).toEqual(expected);
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test.each<[string, unknown]>([
  ['a revoked proxy', revoked()],
  ['a proxy that throws', new Proxy({}, { ownKeys: () => unreadable.toString() as never })],
  ['no prototype', Object.create(null)],
  [
    'a getter of a name that throws',
    Object.defineProperty({}, 'event', { get: unreadable.toString, enumerable: true }),
  ],
  ['a serialiser that throws', { toJSON: unreadable.toString }],
])('takes %s as fields and as bindings', async (_name, fields) => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info(fields as object, 'written');
  telemetry.logger.child(fields as object).info('written');
  const failing = {
    serializers: { a: unreadable.toString },
    formatters: { log: unreadable.toString },
  };
  telemetry.logger.child({ a: 1 }, failing as never).info({ a: 2, b: 3 }, 'written');
  expect(lines.map(({ msg }) => msg)).toEqual(['written', 'written', 'written']);
  expect(lines[2]).toMatchObject({ a: '[unreadable]', b: 3 });
});

test('takes the fields of a line from its toJSON', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({ toJSON: () => ({ order: 7, time: '18:30' }) }, 'order placed');
  expect(lines).toMatchObject([{ order: 7, own_time: '18:30' }]);
});
