import { expect, test } from '@jest/globals';
import { readTelemetryConfiguration } from './configuration.ts';
import { ConfigurationError, createEnvironmentReader } from './environment-reader.ts';

function faultsOf(environment: Record<string, string>): readonly string[] {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test', ...environment });
  readTelemetryConfiguration(reader);
  try {
    reader.finish();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

test.each(['-1', '65536', '3.5', 'http'])('refuses METRICS_PORT=%s and names it', (value) => {
  expect(faultsOf({ METRICS_PORT: value })).toEqual([
    `Expected \`METRICS_PORT\` to be an integer from 0 to 65535, got \`${value}\`.`,
  ]);
});

test.each([
  ['METRICS_ENABLED', 'yes', '`true` or `false`'],
  ['LOG_FORMAT', 'xml', 'one of `json`, `pretty`'],
  ['LOG_LEVEL', 'loud', 'one of `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `silent`'],
  ['SHUTDOWN_DEADLINE_MS', '5', 'an integer from 100 to 600000'],
  ['SHUTDOWN_GRACE_MS', '4001', 'an integer from 0 to 4000'],
])('refuses %s=%s and names the valid values', (name, value, expected) => {
  expect(faultsOf({ [name]: value })).toEqual([
    `Expected \`${name}\` to be ${expected}, got \`${value}\`.`,
  ]);
});

test.each([
  [{ METRICS_BIND_ADDRESS: '127.0.0.1:9191' }, '127.0.0.1', 9_191],
  [{ METRICS_BIND_ADDRESS: '127.0.0.1:9191', METRICS_PORT: '9191' }, '127.0.0.1', 9_191],
  [{ METRICS_BIND_ADDRESS: '0.0.0.0', METRICS_PORT: '0' }, '0.0.0.0', 0],
  [{ METRICS_BIND_ADDRESS: '[::1]:9191' }, '::1', 9_191],
  [{ METRICS_BIND_ADDRESS: '::1' }, '::1', 9_090],
])('takes %j for the address %s and the port %d', (environment, bindAddress, port) => {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test', ...environment });
  expect(readTelemetryConfiguration(reader).metrics).toMatchObject({ bindAddress, port });
  reader.finish();
});

test.each([
  [
    { METRICS_BIND_ADDRESS: '127.0.0.1:9191', METRICS_PORT: '9090' },
    'Expected `METRICS_PORT` to be the port of `127.0.0.1:9191`, got `9090`.',
  ],
  [
    { METRICS_BIND_ADDRESS: 'localhost:70000' },
    'Expected `METRICS_BIND_ADDRESS` to have a port to 65535, got `localhost:70000`.',
  ],
  [
    { METRICS_TOKEN: 'a', METRICS_TOKEN_FILE: '/a' },
    'Expected one of `METRICS_TOKEN_FILE` and `METRICS_TOKEN` to be set, got both.',
  ],
  [
    { METRICS_REQUIRE_AUTH: 'true' },
    'Expected `METRICS_TOKEN_FILE` to be set, as `METRICS_REQUIRE_AUTH` is `true`.',
  ],
])('refuses %j', (environment, fault) => {
  expect(faultsOf(environment as Record<string, string>)).toEqual([fault]);
});

test('lists every fault at once', () => {
  const faults = faultsOf({ OTEL_SERVICE_NAME: '', LOG_FORMAT: 'xml', METRICS_PORT: 'x' });
  expect(faults).toHaveLength(3);
  expect(faults[0]).toBe('Expected `OTEL_SERVICE_NAME` to be set, it is not set.');
});

test('binds metrics to loopback by default', () => {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test' });
  expect(readTelemetryConfiguration(reader).metrics).toEqual({
    isEnabled: true,
    port: 9090,
    bindAddress: '127.0.0.1',
    tokenFile: undefined,
  });
});

test.each([
  [{ METRICS_TOKEN: ' token\r\n' }, { token: 'token' }],
  [{ METRICS_ENABLED: 'false\n' }, { isEnabled: false }],
  [{ METRICS_BIND_ADDRESS: '127.0.0.1:9191\n' }, { bindAddress: '127.0.0.1', port: 9_191 }],
  [{ METRICS_REQUIRE_AUTH: 'false ', METRICS_TOKEN: 'token' }, { token: undefined }],
])('reads %j without the white space around the value', (environment, metrics) => {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'test', ...environment });
  expect(readTelemetryConfiguration(reader).metrics).toMatchObject(metrics);
  reader.finish();
});

test.each(['METRICS_TOKEN', 'OTEL_SERVICE_NAME', 'LOG_LEVEL'])('refuses a blank %s', (name) => {
  expect(faultsOf({ [name]: ' \n' })).toEqual([
    `Expected \`${name}\` to have a value, got white space. Set it or remove it.`,
  ]);
});

test.each([
  ['http//bob:hunter2@db:5432', '[redacted]@db:5432'],
  ['bob:hunter2@db', '[redacted]@db'],
  ['password=hunter2', 'password=[redacted]'],
])('keeps the credentials in %s out of its fault', (url, shown) => {
  const reader = createEnvironmentReader({ DATABASE_URL: url });
  reader.url('DATABASE_URL');
  expect(() => reader.finish()).toThrow(
    `Expected \`DATABASE_URL\` to be a URL with scheme and host, got \`${shown}\`.`,
  );
});

test.each([
  ['all', '203.0.113.7', true],
  ['none', '127.0.0.1', false],
  ['10.0.0.0/8, 192.168.1.4', '10.9.9.9', true],
  ['10.0.0.0/8, 192.168.1.4', '::ffff:192.168.1.4', true],
  ['10.0.0.0/8, 192.168.1.4', '192.168.1.5', false],
  ['2001:db8::/32', '2001:db8::7', true],
  ['2001:db8::/32', undefined, false],
])('with TRUSTED_CALLERS=%s, takes the ids of %s: %s', (list, address, isTrusted) => {
  const environment = { OTEL_SERVICE_NAME: 'test', TRUSTED_CALLERS: list };
  const reader = createEnvironmentReader(environment);
  expect(readTelemetryConfiguration(reader).isTrustedCaller(address)).toBe(isTrusted);
  reader.finish();
});

test.each(['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0'])('refuses %s as a caller', (entry) => {
  expect(faultsOf({ TRUSTED_CALLERS: `10.0.0.1, ${entry}` })).toEqual([
    `Expected \`TRUSTED_CALLERS\` to be \`all\`, \`none\` or a list of addresses, got \`${entry}\`.`,
  ]);
});
