import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { type Stack, startStack } from '@watchkeeper/stack';
import {
  killStartedProcesses,
  processTestMs,
  startProcess,
} from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';

const folder = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(new URL('../../../docs/galley.md', import.meta.url), 'utf8');
let state: string;
let stack: Stack;
let keys: ReturnType<typeof writeTokenKeys>;

beforeAll(async () => {
  state = makeTemporaryFolder('api-main');
  stack = await startStack({ stateFolder: state, ports: 'free', components: ['postgres'] });
  keys = writeTokenKeys(state);
  writeFileSync(join(state, 'password'), 'a password made by a machine\n');
}, 120_000);

afterEach(() => killStartedProcesses());

afterAll(async () => {
  await stack.stop();
  removeTemporaryFolders();
});

function start() {
  return startProcess(['--import', '@watchkeeper/telemetry/instrumentation', 'src/main.ts'], {
    folder,
    environment: {
      OTEL_SERVICE_NAME: 'api',
      OTEL_TRACES_SAMPLER: 'always_off',
      DATABASE_URL: stack.databaseUrl,
      ...keys,
      ADMIN_PASSWORD_FILE: join(state, 'password'),
      OBJECT_STORE_FOLDER: join(state, 'attachments'),
      PORT: '0',
      METRICS_PORT: '0',
    },
  });
}

/** Runs the page's commands with this test's password and address. */
function tokenAsDocumented(address: string): string {
  const blocks = [...page.matchAll(/^```bash\n(.*?)^```/gms)].map(([, code = '']) => code);
  const read = blocks.find((code) => code.includes('password=$(cat')) ?? '';
  const login = blocks.find((code) => code.includes('/api/v1/auth/login')) ?? '';
  const script = [
    ...read.split('\n').filter((line) => line.startsWith('password=$(cat')),
    login.slice(0, login.indexOf('curl -s localhost:3000/api/v1/webhooks')),
    'printf %s "$token"',
  ];
  const here = script
    .join('\n')
    .replace('.watchkeeper/secrets/galley-admin-password', join(state, 'password'))
    .replace('localhost:3000', address);
  return execFileSync('bash', ['-ec', here], { encoding: 'utf8' });
}

test(
  'starts with an empty database, logs the administrator in as documented, and exits',
  async () => {
    const api = start();
    const { address } = await api.lineOf('server_started');
    const headers = { authorization: `Bearer ${tokenAsDocumented(String(address))}` };
    const me = await fetch(`http://${address}/api/v1/users/me`, { headers });
    expect(await me.json()).toMatchObject({ roles: ['admin'], phone: '+13135550100' });
    expect(await api.stop()).toBe(0);
    expect(api.linesOf('server_stopped')).toHaveLength(1);

    const again = start();
    const { address: next } = await again.lineOf('server_started');
    expect((await fetch(`http://${next}/api/v1/users/me`, { headers })).status).toBe(200);
    expect(await again.stop()).toBe(0);
  },
  2 * processTestMs,
);
