import { afterEach, expect, test } from '@jest/globals';
import type { Telemetry } from '../telemetry.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const started: Telemetry[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ shutdown }) => shutdown.run('test')));
});

async function startWith(environment: Record<string, string> = {}): Promise<string> {
  const { telemetry } = await createTestTelemetry(environment);
  started.push(telemetry);
  const seconds = telemetry.metrics.histogram('http_request_duration_seconds');
  const route = { method: 'GET', status_code: '200', route: '/a # {b} 1' } as const;
  seconds.observe(0.2, route, '0af7651916cd43dd8448eb211c80319c');
  return `http://${await telemetry.startManagement()}`;
}

// As Prometheus 3 sends it.
const prometheus =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
  'application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;' +
  'q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.each([
  ['*/*', 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
  [prometheus, 'openmetrics'],
  ['application/*;q=0.5, text/*;q=0.4', 'openmetrics'],
  ['text/plain;q=0.5, application/openmetrics-text;version=1.0.0', 'openmetrics'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'openmetrics'],
  ['text/plain;version=0.0.4', 'classic'],
  ['text/plain; version=0.0.4; charset=utf-8', 'classic'],
  ['text/plain', 'classic'],
  ['text/*', 'classic'],
  ['text/plain, */*', 'classic'],
  ['text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.8', 'classic'],
  ['application/openmetrics-text;q=0, */*', 'classic'],
  ['application/openmetrics-text;version=0.0.1, text/plain;version=0.0.4;q=0.5', 'classic'],
  ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily', 'classic'],
  ['application/json', 'classic'],
])('answers `Accept: %s` in the %s format', async (accept, format) => {
  const base = await startWith();
  const response = await fetch(`${base}/metrics`, { headers: { accept } });
  expect(response.status).toBe(200);
  const text = await response.text();
  const isClassic = format === 'classic';
  expect(response.headers.get('content-type')).toBe(
    isClassic
      ? 'text/plain; version=0.0.4; charset=utf-8'
      : 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  expect(text.endsWith('# EOF\n')).toBe(!isClassic);
  expect(text).toContain('http_request_duration_seconds_bucket{');
});

test('has in the classic format no exemplars, and counters under their whole name', async () => {
  const base = await startWith();
  const headers = { accept: 'text/plain;version=0.0.4' };
  const text = await (await fetch(`${base}/metrics`, { headers })).text();
  const openMetrics = await (await fetch(`${base}/metrics`)).text();
  expect(openMetrics).toMatch(/\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 0\.2 /);
  expect(text).not.toContain('trace_id');
  expect(text).toContain('http_request_duration_seconds_bucket{le="0.3",');
  expect(text).toContain('route="/a # {b} 1",status_code="200"} 1\n');
  expect(text).toContain('# TYPE log_lines_total counter\nlog_lines_total{level="info"} 0');
  expect(text).toMatch(/^# HELP log_lines_total /m);
  expect(text).toMatch(/^# TYPE process_cpu_seconds_total counter$/m);
  // Every sample belongs to the family whose type was declared last.
  let family = '';
  for (const line of text.split('\n').filter(Boolean)) {
    const declared = /^# TYPE (\S+)/.exec(line)?.[1];
    if (declared !== undefined) family = declared;
    if (!line.startsWith('#')) expect(line.startsWith(family)).toBe(true);
    if (!line.startsWith('#')) expect(line).toMatch(/ (?:[-+.\de]+|\+Inf|Nan)$/);
  }
});

test('serves both formats at once, each to those who asked for it', async () => {
  const base = await startWith();
  const ask = async (accept: string) =>
    (await fetch(`${base}/metrics`, { headers: { accept } })).text();
  const texts = await Promise.all(['text/plain', '*/*', 'text/plain', '*/*'].map(ask));
  expect(texts.map((text) => text.endsWith('# EOF\n'))).toEqual([false, true, false, true]);
});

test.each(['/health', '/ready', '/metrics', '/health/pool'])('answers HEAD %s', async (path) => {
  const base = await startWith();
  const response = await fetch(`${base}${path}`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
  expect((await fetch(`${base}${path}`, { method: 'POST' })).status).toBe(404);
});

test.each([
  ['bearer s3cret', 200],
  ['BEARER s3cret', 200],
  ['Bearer  s3cret ', 200],
  ['Bearer S3cret', 401],
  ['Bearer', 401],
  ['Basic s3cret', 401],
  ['s3cret', 401],
])('answers `Authorization: %s` with %d', async (authorization, status) => {
  const base = await startWith({ METRICS_TOKEN: 's3cret\n' });
  const response = await fetch(`${base}/metrics`, { headers: { authorization } });
  expect(response.status).toBe(status);
  const head = await fetch(`${base}/metrics`, { method: 'HEAD', headers: { authorization } });
  expect(head.status).toBe(status);
});
