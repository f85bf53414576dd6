import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ConfigurationError, createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from './config.ts';

afterAll(removeTemporaryFolders);

function read(environment: Record<string, string>) {
  const reader = createEnvironmentReader({ INBOX_FILE: 'inbox.jsonl', ...environment });
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test('requires only INBOX_FILE', () => {
  expect(read({})).toEqual({
    port: 8025,
    bindAddress: '127.0.0.1',
    smtpPort: 1025,
    inboxFile: 'inbox.jsonl',
    inboxCapacity: 1_000,
    heartbeatTimeoutSeconds: 180,
    prometheusUrl: undefined,
    alertmanagerUrl: undefined,
    prometheusQueryUrl: undefined,
    lokiQueryUrl: undefined,
    runbooksFolder: undefined,
  });
});

test('refuses an empty token of its senders', () => {
  const file = join(makeTemporaryFolder('token'), 'token');
  writeFileSync(file, ' \n');
  expect(() => read({ RECEIVER_TOKEN_FILE: file })).toThrow(
    new ConfigurationError([
      `Expected \`RECEIVER_TOKEN_FILE\` to hold a token, got an empty file \`${file}\`.`,
    ]),
  );
});

test.each([
  ['PORT', '65536', 'an integer from 0 to 65535, got `65536`'],
  ['INBOX_FILE', '', 'set, it is not set'],
  ['INBOX_CAPACITY', '0', 'an integer from 1 to 100000, got `0`'],
  ['INBOX_CAPACITY', 'many', 'an integer from 1 to 100000, got `many`'],
  ['HEARTBEAT_TIMEOUT_SECONDS', '0.5', 'an integer from 1 to 86400, got `0.5`'],
  ['PROMETHEUS_URL', 'localhost', 'a URL with scheme and host, got `localhost`'],
  ['SMTP_PORT', '-1', 'an integer from 0 to 65535, got `-1`'],
  ['PROMETHEUS_QUERY_URL', 'prometheus', 'a URL with scheme and host, got `prometheus`'],
  ['LOKI_QUERY_URL', '//loki', 'a URL with scheme and host, got `//loki`'],
  ['ALERTMANAGER_URL', 'not a url', 'a URL with scheme and host, got `not a url`'],
  ['ALERTMANAGER_QUERY_URL', 'am:9093', 'a URL with scheme and host, got `am:9093`'],
])('refuses %s=%s and names it', (name, value, problem) => {
  expect(() => read({ [name]: value })).toThrow(
    new ConfigurationError([`Expected \`${name}\` to be ${problem}.`]),
  );
});
