import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createTestTokens, writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import {
  killStartedProcesses,
  processTestMs,
  startProcess,
} from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import WebSocket from 'ws';
import { type FakeService, startFakeService } from './testing/fake-service.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const command = ['--import', '@watchkeeper/telemetry/instrumentation', 'src/main.ts'];
const tokens = createTestTokens();
const trace = '0af7651916cd43dd8448eb211c80319c';
let state: string;
let service: FakeService;

beforeAll(async () => {
  state = makeTemporaryFolder('gateway');
  service = await startFakeService();
});

afterEach(() => killStartedProcesses());

afterAll(async () => {
  await service.stop();
  removeTemporaryFolders();
});

function start(environment: Record<string, string> = {}) {
  const names = ['API', 'REALTIME', 'WORKER'];
  const addresses = names.flatMap((name) => [
    [`${name}_URL`, service.url],
    [`${name}_MANAGEMENT_URL`, service.url],
  ]);
  return startProcess(command, {
    folder,
    environment: {
      ...Object.fromEntries(addresses),
      OTEL_SERVICE_NAME: 'gateway',
      OTEL_TRACES_SAMPLER: 'always_off',
      TOKEN_KEYS_FILE: writeTokenKeys(state, tokens.privateKey).TOKEN_KEYS_FILE,
      PORT: '0',
      METRICS_PORT: '0',
      ...environment,
    },
  });
}

test(
  'hands the trace on to services, by HTTP and by WebSocket, and ends in order',
  async () => {
    const gateway = start();
    const { address } = await gateway.lineOf('server_started');
    const ids = { userId: randomUUID(), deviceId: 'test', sessionId: randomUUID() };
    const token = await tokens.sign({ ...ids, roles: ['customer'] });
    const headers = {
      authorization: `Bearer ${token}`,
      traceparent: `00-${trace}-b7ad6b7169203331-00`,
    };
    expect((await fetch(`http://${address}/api/v1/orders`, { headers })).status).toBe(200);
    const client = new WebSocket(`ws://${address}/ws`, { headers });
    await once(client, 'open');
    expect(service.received).toHaveLength(2);
    for (const { headers } of service.received) {
      expect(headers.traceparent).toMatch(new RegExp(`^00-${trace}-(?!b7ad6b7169203331)`));
    }
    const closed = once(client, 'close');
    expect(await gateway.stop()).toBe(0);
    expect((await closed)[0]).toBe(1001);
    expect(gateway.linesOf('server_stopped')).toHaveLength(1);
  },
  processTestMs,
);

test(
  'lets no stranger join a trace or choose an id',
  async () => {
    const gateway = start({ TRUSTED_CALLERS: 'none' });
    const { address } = await gateway.lineOf('server_started');
    const headers = {
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      tracestate: 'a=1',
      'x-request-id': 'of-somebody-else',
      'x-correlation-id': 'of-somebody-else',
    };
    service.received.length = 0;
    const answer = await fetch(`http://${address}/api/v1/restaurants/7`, { headers });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const [received] = service.received;
    expect(received?.headers['x-request-id']).toBe(answer.headers.get('x-request-id'));
    expect(received?.headers['x-correlation-id']).toBe(answer.headers.get('x-request-id'));
    expect(received?.headers.traceparent ?? '').not.toContain(trace);
    expect(await gateway.stop()).toBe(0);
  },
  processTestMs,
);

test(
  'ends with code 2 and every fault when it is configured wrongly',
  async () => {
    const gateway = start({ API_URL: '', PORT: 'http', TOKEN_KEYS_FILE: '' });
    await expect(gateway.lineOf('server_started')).rejects.toThrow(
      [
        'The configuration has 3 fault(s):',
        'Expected `TOKEN_KEYS_FILE` to be set, it is not set.',
        'Expected `PORT` to be an integer from 0 to 65535, got `http`.',
        'Expected `API_URL` to be set, it is not set.',
      ].join('\n'),
    );
    expect(await gateway.stop()).toBe(2);
  },
  processTestMs,
);
