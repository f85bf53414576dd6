import { afterAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { ConfigurationError, createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from './config.ts';

const folder = makeTemporaryFolder('config');
const { TOKEN_KEYS_FILE } = writeTokenKeys(folder);
const least = { DATABASE_URL: 'postgres://db/galley', TOKEN_KEYS_FILE };
afterAll(removeTemporaryFolders);

function read(environment: Record<string, string>) {
  const reader = createEnvironmentReader({ ...least, ...environment });
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test('requires only a database and a key', () => {
  expect(read({})).toMatchObject({
    port: 3_000,
    poolSize: 10,
    outbox: { batchSize: 50, pollMs: 1_000, retentionHours: 168 },
    webhooks: { privateHosts: new Set(), timeoutMs: 5_000, demoUrl: undefined },
    sms: { url: 'http://127.0.0.1:8026', timeoutMs: 3_000 },
  });
});

test.each([
  ['OUTBOX_BATCH_SIZE', '0', 'an integer from 1 to 1000, got `0`'],
  ['WEBHOOK_DEMO_URL', 'third-parties', 'a URL with scheme and host, got `third-parties`'],
  ['WEBHOOK_MAX_ATTEMPTS', '101', 'an integer from 1 to 100, got `101`'],
])('names %s=%s, which it refuses', (name, value, problem) => {
  expect(() => read({ [name]: value })).toThrow(
    new ConfigurationError([`Expected \`${name}\` to be ${problem}.`]),
  );
});

test.each([
  'third-parties',
  '169.254.169.254:80',
  '[fe80::1]:80',
  '0.0.0.0:80',
  'http://a:1',
  'a:1/b',
])('refuses %s as a host of the own network', (host) => {
  const problem = `Expected \`WEBHOOK_PRIVATE_HOSTS\` to be a list of \`host:port\`, never link-local, got \`${host}\`.`;
  const list = `third-parties:3000, ${host}`;
  expect(() => read({ WEBHOOK_PRIVATE_HOSTS: list })).toThrow(new ConfigurationError([problem]));
});

test('names the replacement of a variable that opened the whole network', () => {
  expect(() => read({ WEBHOOK_ALLOW_PRIVATE: 'true' })).toThrow('`WEBHOOK_PRIVATE_HOSTS`');
});
