import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { startProcess } from '@watchkeeper/testing/started-process';
import { startServiceProcess } from '../testing/service-process.ts';

useStartedProcesses();

test('exits with code 2 and names every fault of its configuration', async () => {
  const service = startProcess(['fixture-service.ts'], {
    folder: `${import.meta.dirname}/../testing`,
    environment: { METRICS_PORT: 'x', LOG_FORMAT: 'xml', PORT: '0' },
  });
  await expect(service.lineOf('server_started')).rejects.toThrow('No `server_started`');
  expect(await service.stop()).toBe(2);
  for (const name of ['METRICS_PORT', 'LOG_FORMAT', 'PORT', 'OTEL_SERVICE_NAME']) {
    expect(service.output()).toContain(`Expected \`${name}\` to be`);
  }
});

test('exits with code 1 and logs the reason after an uncaught error', async () => {
  const service = await startServiceProcess({ TRACING_ENABLED: 'false' });
  // Nobody answers it, and the shutdown does not wait for it past its deadline.
  await fetch(`${service.base}/crash`).catch(() => {});
  const line = await service.lineOf('process_crashed');
  expect(line).toMatchObject({
    level: 'fatal',
    reason: 'uncaughtException',
    err: { type: 'RangeError', message: 'caught by nobody' },
  });
  await service.lineOf('server_stopped');
  expect(await service.stop()).toBe(1);
});
