import { expect, test } from '@jest/globals';
import pg from 'pg';
import { instrumentHandler, instrumentPool, instrumentWebhookSender } from '../index.ts';
import { useTracedTelemetry } from '../testing/traced-telemetry.ts';

const traced = useTracedTelemetry();
const { spans } = traced;

const cancellations: [string, Error][] = [
  ['AbortController', new DOMException('away', 'AbortError')],
  ['a library without a name', Object.assign(new Error('away'), { code: 'ABORT_ERR' })],
  ['axios', Object.assign(new Error('canceled'), { code: 'ERR_CANCELED', name: 'CanceledError' })],
  ['openai', Object.assign(new Error('away'), { name: 'APIUserAbortError' })],
];

test.each(cancellations)(
  'counts a handler and a delivery cancelled by %s as such',
  async (_, error) => {
    const fail = () => Promise.reject(error);
    const handle = instrumentHandler(fail, traced.service.telemetry, { name: 'mailer' });
    await expect(handle({ type: 'placed' })).rejects.toBe(error);
    const send = instrumentWebhookSender(fail, traced.service.telemetry);
    await expect(send({ eventType: 'placed' })).rejects.toBe(error);
    const metrics = await traced.service.telemetry.renderMetrics();
    const labels = 'event_type="placed",handler="mailer"';
    expect(metrics).toContain(`events_processed_total{${labels},result="cancelled"} 1\n`);
    expect(metrics).toContain(`events_processed_total{${labels},result="error"} 0\n`);
    expect(metrics).toContain('deliveries_total{event_type="placed",result="cancelled"} 1\n');
    expect(metrics).not.toContain('errors_total{');
    expect(traced.service.lines).toEqual([]);
    for (const span of spans.all()) expect(span.attributes['error.type']).toBeUndefined();
  },
);

test.each([
  ['canceling statement due to user request', 'cancelled'],
  ['canceling statement due to statement timeout', 'error'],
])('counts a statement that failed with %j as %s', async (message, result) => {
  const error = Object.assign(new Error(message), { code: '57014' });
  const pool = instrumentPool(new pg.Pool({ max: 1 }), traced.service.telemetry);
  const client = { query: () => Promise.reject(error) };
  pool.emit('connect', client as unknown as pg.PoolClient);
  await expect((client.query as (text: string) => Promise<void>)('SELECT 1')).rejects.toBe(error);
  expect(await traced.service.telemetry.renderMetrics()).toContain(
    `db_queries_total{operation="select",result="${result}"} 1\n`,
  );
});
