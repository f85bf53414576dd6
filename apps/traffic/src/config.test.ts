import { expect, test } from '@jest/globals';
import { ConfigurationError, createEnvironmentReader } from '@watchkeeper/telemetry';
import { readConfiguration } from './config.ts';

function read(environment: Record<string, string>) {
  const reader = createEnvironmentReader(environment);
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test('needs nothing', () => {
  expect(read({})).toEqual({
    targetUrl: 'http://127.0.0.1:3000',
    ratePerSecond: 2,
    seed: 1,
    wrongShare: 0.1,
    timeoutMs: 5_000,
    maxInFlight: 500,
  });
});

test('takes a target with a slash at its end', () => {
  expect(read({ TARGET_URL: 'http://api:3000/' }).targetUrl).toBe('http://api:3000');
});

test.each([
  ['TARGET_URL', 'api', 'a URL, got `api`'],
  ['TRAFFIC_RATE', '-1', 'a number from 0 to 1000, got `-1`'],
  ['TRAFFIC_RATE', '1001', 'a number from 0 to 1000, got `1001`'],
  ['TRAFFIC_RATE', 'fast', 'a number from 0 to 1000, got `fast`'],
  ['TRAFFIC_SEED', '1.5', 'an integer from 0 to 4294967295, got `1.5`'],
  ['TRAFFIC_WRONG_SHARE', '10%', 'a number from 0 to 1, got `10%`'],
  ['TRAFFIC_WRONG_SHARE', '1.1', 'a number from 0 to 1, got `1.1`'],
  ['TRAFFIC_TIMEOUT_MS', '0', 'an integer from 10 to 60000, got `0`'],
  ['TRAFFIC_MAX_IN_FLIGHT', '0', 'an integer from 1 to 10000, got `0`'],
])('refuses %s=%s and names it', (name, value, problem) => {
  expect(() => read({ [name]: value })).toThrow(
    new ConfigurationError([`Expected \`${name}\` to be ${problem}.`]),
  );
});

test('names every fault at once', () => {
  expect(() => read({ TRAFFIC_RATE: 'x', TRAFFIC_SEED: 'y' })).toThrow(
    /TRAFFIC_RATE.*\n.*TRAFFIC_SEED/,
  );
});
