import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readEnvironment, readSettings } from './settings.ts';

const variables = ['PROMETHEUS_PORT', 'GRAFANA_PORT'];

describe('readSettings', () => {
  test('needs nothing of the environment', () => {
    expect(readSettings({}, variables)).toEqual({ environment: {}, ports: {} });
  });

  test.each([
    [
      { PROMETHEUS_PORT: '0' },
      'Expected `PROMETHEUS_PORT` to be an integer from 1 to 65535, got `0`. ' +
        'Correct it, or remove it to use the default.',
    ],
    [
      { PROMETHEUS_PORT: '9090', GRAFANA_PORT: '9090' },
      'Expected `GRAFANA_PORT` to differ from `PROMETHEUS_PORT`, got `9090` for both. Change one of them.',
    ],
    [
      { LOG_LEVEL: 'loud' },
      'Expected `LOG_LEVEL` to be one of trace, debug, info, warn, error, fatal, got `loud`.',
    ],
    [{ FAULTS_ENABLED: 'on' }, 'Expected `FAULTS_ENABLED` to be one of true, false, got `on`.'],
    [
      { TRAFFIC_RATE: '-1' },
      'Expected `TRAFFIC_RATE` to be visits a second, from 0 to 1000, got `-1`.',
    ],
    [
      { TRAFFIC_RATE: '1001' },
      'Expected `TRAFFIC_RATE` to be visits a second, from 0 to 1000, got `1001`.',
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readSettings(environment, variables)).toThrow(
      expect.objectContaining({ message, exitCode: 2 }),
    );
  });

  test('lists every fault in one error', () => {
    const environment = { PROMETHEUS_PORT: 'x', LOG_LEVEL: 'y', TRAFFIC_RATE: 'z' };
    expect(() => readSettings(environment, variables)).toThrow(
      /PROMETHEUS_PORT.*\n.*LOG_LEVEL.*\n.*TRAFFIC_RATE/,
    );
  });
});

test('readEnvironment takes .env, and the environment before it', () => {
  const folder = makeTemporaryFolder('env');
  const file = join(folder, '.env');
  writeFileSync(file, '# Ports.\nPROMETHEUS_PORT=9191\nGRAFANA_PORT=3002\n');
  expect(readEnvironment({ GRAFANA_PORT: '3003' }, file)).toEqual({
    PROMETHEUS_PORT: '9191',
    GRAFANA_PORT: '3003',
  });
  removeTemporaryFolders();
});
