import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { freePort, startProcess } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';

useStartedProcesses();

test('writes readable lines to standard output and JSON to the file', async () => {
  const file = join(makeTemporaryFolder('pretty'), 'app.log');
  const service = startProcess(['fixture-service.ts'], {
    folder: join(import.meta.dirname, '../testing'),
    environment: {
      OTEL_SERVICE_NAME: 'fixture',
      PORT: String(await freePort()),
      METRICS_PORT: '0',
      LOG_FORMAT: 'pretty',
      LOG_FILE: file,
    },
  });
  await waitUntil(() => service.output().includes('server started'));
  expect(await service.stop()).toBe(0);
  expect(service.output()).toMatch(/^\[[\d:.]+\].*INFO.*: server started$/m);
  expect(service.linesOf('server_started')).toEqual([]);
  const lines = readFileSync(file.replace('.log', '.1.log'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual([
    ...['server_started', 'server_stopping', 'server_stopped'],
  ]);
});
