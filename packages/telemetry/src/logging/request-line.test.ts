import { expect, test } from '@jest/globals';
import { readTelemetryConfiguration } from '../configuration.ts';
import { createEnvironmentReader } from '../environment-reader.ts';
import { idText } from './ids.ts';
import { createLoggers } from './logger.ts';
import type { RequestLine } from './request-line.ts';

const ids = { requestId: 'r-1', correlationId: 'c-1' };
const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const line: RequestLine = {
  ids,
  spanContext,
  method: 'GET',
  route: '/orders/:id',
  path: '/orders/1',
  statusCode: 200,
  durationMs: 1.25,
};

function write(lines: RequestLine[], environment: Record<string, string> = {}) {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test', ...environment });
  const written: string[] = [];
  const levels: string[] = [];
  const stream = { write: (text: string) => void written.push(text) };
  const configuration = readTelemetryConfiguration(reader);
  const loggers = createLoggers(configuration, stream, (level) => levels.push(level));
  for (const one of lines) loggers.writeRequestLine(one);
  return { ...loggers, written, levels };
}

test.each<[string, Partial<RequestLine>]>([
  ['as most are', {}],
  ['of a known user', { ids: { ...ids, userId: 'a "quoted" \u2028 name' } }],
  ['without tracing', { spanContext: { traceId: '0'.repeat(32), spanId: '0', traceFlags: 0 } }],
  ['with a secret in its path', { path: '/reset/token=hunter2/https://bob:x@host/' }],
  ['with a path that has to be escaped', { path: '/"\\\u0000\u001f\ud800é' }],
  ['with a route and a method that have to be escaped', { route: '/a"b', method: 'G"T' }],
])('is the line that pino writes: %s', (_name, changed) => {
  const one = { ...line, ...changed };
  const { logger, written } = write([one]);
  const { method, route, path, statusCode: status_code, durationMs: duration_ms } = one;
  const fields = { method, route, path, status_code, duration_ms };
  logger.info(
    { event: 'http_request_completed', ...JSON.parse(`{${idText(one).slice(1)}}`), ...fields },
    'request completed',
  );
  const [ours, theirs] = written.map((text) => ({ ...JSON.parse(text), time: '' }));
  expect(ours).toEqual(theirs);
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  expect(written[0]).toMatch(/^[^\n]+\n$/);
});

test('is counted where it is written, and neither where the level is higher', () => {
  expect(write([line, line]).levels).toEqual(['info', 'info']);
  const { written, levels } = write([line], { LOG_LEVEL: 'warn' });
  expect([written, levels]).toEqual([[], []]);
});
