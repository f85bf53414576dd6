import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { startServer } from '@watchkeeper/testing/server';
import { eventually } from '@watchkeeper/testing/waiting';
import { startServiceProcess } from '../testing/service-process.ts';

useStartedProcesses();

const json = (partialSuccess: object) => JSON.stringify({ partialSuccess });
// `partial_success` is field 1; in it, `rejected_spans` is field 1 and `error_message` field 2.
const threeRejected = Buffer.from([0x0a, 0x02, 0x08, 0x03]);
const warning = Buffer.from([0x0a, 0x03, 0x12, 0x01, 0x61]);

test.each<[string, string | Buffer, number]>([
  ['http/json', json({ rejectedSpans: '3', errorMessage: 'too old' }), 3],
  ['http/json', json({ rejectedSpans: 3 }), 3],
  ['http/json', json({ errorMessage: 'soon deprecated' }), 0],
  ['http/json', json({}), 0],
  ['http/protobuf', threeRejected, 3],
  ['http/protobuf', warning, 0],
])('counts of the partial success %# by %s the rejected spans', async (protocol, body, spans) => {
  let exports = 0;
  const collector = await startServer((request, response) => {
    request.resume();
    exports += 1;
    const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
    response.setHeader('content-type', type).end(exports === 1 ? body : undefined);
  });
  const service = await startServiceProcess({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  for (let time = 0; time < 5; time += 1) await fetch(`${service.base}/hello/1`);
  await eventually(() => expect(exports).toBeGreaterThan(0));
  await eventually(async () => {
    const metrics = await service.metrics();
    expect(metrics).toContain(`telemetry_spans_dropped_total ${spans}\n`);
    expect(metrics).toContain('telemetry_export_failures_total 0\n');
  });
  expect(service.output()).not.toContain('opentelemetry');
  collector.close();
});
