import { request as httpRequest } from 'node:http';
import { expect, test } from '@jest/globals';
import { useOrdersService } from '../testing/orders-service.ts';

const { orders, spans } = useOrdersService();

test('counts a request under its route template', async () => {
  await fetch(`${orders.base}/orders/17`);
  await fetch(`${orders.base}/orders/18`);
  await fetch(`${orders.base}/orders`);
  const lines = await orders.metrics();
  expect(lines).toContain(
    'http_requests_total{method="GET",route="/orders/:id",status_code="200"} 2',
  );
  expect(lines).toContain('http_requests_total{method="GET",route="/orders",status_code="200"} 1');
  expect(lines).toContain('http_requests_in_flight 0');
});

test('keeps the prefix of a router in which the request failed', async () => {
  await fetch(`${orders.base}/orders/17/fails`);
  expect(await orders.metrics()).toContain(
    'http_requests_total{method="GET",route="/orders/:id/fails",status_code="500"} 1',
  );
});

test('counts requests without a route as unmatched', async () => {
  await fetch(`${orders.base}/wp-login.php`);
  expect(await orders.metrics()).toContain(
    'http_requests_total{method="GET",route="unmatched",status_code="404"} 1',
  );
});

test('measures the sizes of bodies in both directions', async () => {
  const body = JSON.stringify({ note: 'x'.repeat(200) });
  await fetch(`${orders.base}/orders`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const lines = await orders.metrics();
  const sum = `{method="POST",route="/orders"} ${body.length}`;
  expect(lines).toContain(`http_request_size_bytes_sum${sum}`);
  expect(lines).toContain(`http_response_size_bytes_sum${sum}`);
});

test('gives one trace id to the exemplar, the log lines and the span', async () => {
  await fetch(`${orders.base}/orders/17`);
  const lines = await orders.metrics();
  const exemplar = lines
    .filter((line) => line.startsWith('http_request_duration_seconds_bucket'))
    .map((line) => /trace_id="(\w+)"/.exec(line)?.[1])
    .find(Boolean);
  const [span] = spans.all();
  expect(span?.name).toBe('GET /orders/:id');
  expect(span?.attributes).toMatchObject({
    'http.route': '/orders/:id',
    'http.response.status_code': 200,
  });
  expect(exemplar).toBe(span?.spanContext().traceId);
  const events = ['order_read', 'http_request_completed'];
  for (const event of events) {
    expect(orders.linesOf(event)).toEqual([
      expect.objectContaining({ trace_id: exemplar, span_id: span?.spanContext().spanId }),
    ]);
  }
});

test('continues the trace of its caller', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${orders.base}/orders/17`, {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  await orders.metrics();
  expect(orders.linesOf('http_request_completed')[0]?.trace_id).toBe(traceId);
});

test('leaves exemplars out of requests whose trace is not sampled, and keeps the id in the log', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${orders.base}/orders/17`, {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00` },
  });
  expect((await orders.metrics()).join('\n')).not.toContain('trace_id=');
  expect(orders.linesOf('http_request_completed')[0]?.trace_id).toBe(traceId);
});

test('accepts valid ids of the caller, returns and logs them', async () => {
  const response = await fetch(`${orders.base}/orders/17`, {
    headers: { 'x-request-id': 'req-1', 'x-correlation-id': 'corr-1' },
  });
  await orders.metrics();
  expect(response.headers.get('x-request-id')).toBe('req-1');
  expect(response.headers.get('x-correlation-id')).toBe('corr-1');
  expect(orders.linesOf('order_read')[0]).toMatchObject({
    request_id: 'req-1',
    correlation_id: 'corr-1',
  });
});

test.each(['has space', 'x'.repeat(129), '<script>'])('replaces the request id %s', async (id) => {
  const response = await fetch(`${orders.base}/orders/17`, { headers: { 'x-request-id': id } });
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('records a method outside the set as other', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${orders.base}/orders`, { method: 'PROPFIND' }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.end();
  });
  expect(await orders.metrics()).toContain(
    'http_requests_total{method="other",route="unmatched",status_code="404"} 1',
  );
});
