import { expect, test } from '@jest/globals';
import { ConfigurationError, createEnvironmentReader } from '@watchkeeper/telemetry';
import { readConfiguration } from './config.ts';

function read(environment: Record<string, string>) {
  const reader = createEnvironmentReader(environment);
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test('has a default for every variable', () => {
  expect(read({})).toEqual({
    targetUrl: 'http://127.0.0.1:3000',
    smsInboxUrl: 'http://127.0.0.1:8026',
    ratePerSecond: 2,
    shape: { name: 'steady', dayMinutes: 24, burstFactor: 10 },
    seed: 1,
    wrongShare: 0.05,
    rareFactor: 1,
    timeoutMs: 10_000,
    maxInFlight: 500,
    sizes: { customers: 40, couriers: 8, restaurants: 6 },
    signUpsPerSecond: 1,
    connections: 32,
    stepSeconds: 5,
    areFaultsEnabled: false,
  });
});

test('accepts a target with a trailing slash', () => {
  expect(read({ TARGET_URL: 'http://gateway:3000/' }).targetUrl).toBe('http://gateway:3000');
});

test.each([
  ['TARGET_URL', 'gateway', 'a URL with scheme and host, got `gateway`'],
  ['SMS_INBOX_URL', 'third-parties:3000', 'a URL with scheme and host, got `third-parties:3000`'],
  ['TRAFFIC_RATE', '-1', 'a number from 0 to 1000, got `-1`'],
  ['TRAFFIC_RATE', '1001', 'a number from 0 to 1000, got `1001`'],
  ['TRAFFIC_RATE', 'fast', 'a number from 0 to 1000, got `fast`'],
  ['TRAFFIC_SHAPE', 'night', 'one of `steady`, `day`, `burst`, got `night`'],
  ['TRAFFIC_DAY_MINUTES', '0', 'a number from 0.1 to 1440, got `0`'],
  ['TRAFFIC_BURST_FACTOR', '0.5', 'a number from 1 to 100, got `0.5`'],
  ['TRAFFIC_SEED', '1.5', 'an integer from 0 to 4294967295, got `1.5`'],
  ['TRAFFIC_WRONG_SHARE', '10%', 'a number from 0 to 1, got `10%`'],
  ['TRAFFIC_WRONG_SHARE', '1.1', 'a number from 0 to 1, got `1.1`'],
  ['TRAFFIC_TIMEOUT_MS', '0', 'an integer from 10 to 60000, got `0`'],
  ['TRAFFIC_MAX_IN_FLIGHT', '0', 'an integer from 1 to 10000, got `0`'],
  ['TRAFFIC_CUSTOMERS', '1001', 'an integer from 1 to 1000, got `1001`'],
  ['TRAFFIC_SIGN_UPS_PER_SECOND', '0', 'a number from 0.01 to 100, got `0`'],
  ['TRAFFIC_CONNECTIONS', '-1', 'an integer from 0 to 2000, got `-1`'],
  ['TRAFFIC_STEP_SECONDS', '-1', 'a number from 0 to 600, got `-1`'],
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
