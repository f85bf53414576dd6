import { setTimeout as sleep } from 'node:timers/promises';
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

type Signals = readonly NodeJS.Signals[];

test.each<[Signals]>([
  [['SIGINT', 'SIGINT']],
  [['SIGTERM', 'SIGTERM']],
  [['SIGTERM', 'SIGINT', 'SIGTERM', 'SIGINT', 'SIGTERM']],
])('shuts down once and in order at the signals %p', async (signals) => {
  const service = await startServiceProcess({ TRACING_ENABLED: 'false' });
  const answered = fetch(`${service.base}/slow/1`);
  await fetch(`${service.base}/hello/1`);
  for (const signal of signals) {
    service.send(signal);
    await sleep(5);
  }
  expect((await answered).status).toBe(200);
  // On a busy machine several are pending at once, and the kernel delivers those in its own order.
  const { reason } = await service.lineOf('server_stopped');
  expect(signals).toContain(reason);
  expect(await service.stop()).toBe(0);
  expect(service.output().match(/"server_stopping"/g)).toHaveLength(1);
});

test('logs further uncaught errors, and ends in order all the same', async () => {
  const service = await startServiceProcess({ TRACING_ENABLED: 'false' });
  const answered = fetch(`${service.base}/slow/1`);
  await fetch(`${service.base}/hello/1`);
  await fetch(`${service.base}/crash/3`, { signal: AbortSignal.timeout(100) }).catch(() => {});
  service.send('SIGINT');
  expect((await answered).status).toBe(200);
  await service.lineOf('server_stopped');
  expect(await service.stop()).toBe(1);
  for (const time of [1, 2, 3]) {
    expect(service.output()).toContain(`"caught by nobody, ${time}"`);
    expect(service.output()).toContain(`"handled by nobody, ${time}"`);
  }
});
