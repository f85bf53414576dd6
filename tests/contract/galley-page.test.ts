import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createApp as createApi } from '@watchkeeper/api/app';
import { readConfiguration } from '@watchkeeper/api/config';
import { createApiFaults } from '@watchkeeper/api/faults';
import { createRestaurantCache } from '@watchkeeper/api/restaurants/cached-store';
import { listRoutes } from '@watchkeeper/galley/testing';
import { createTestTokens } from '@watchkeeper/galley/testing/token-keys';
import { createGatewayFaults } from '@watchkeeper/gateway/faults';
import { createRealtimeFaults } from '@watchkeeper/realtime/faults';
import { appNames } from '@watchkeeper/stack';
import { createEnvironmentReader, type Telemetry } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createThirdPartyFaults } from '@watchkeeper/third-parties/faults';
import { createTrafficFaults } from '@watchkeeper/traffic/faults/faults';
import { createApp as createWorker } from '@watchkeeper/worker/app';
import { createWorkerFaults } from '@watchkeeper/worker/faults';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/galley.md'), 'utf8');
const { telemetry } = await createTestTelemetry();
// The applications are only inspected; none gets a request.
const pool = {} as never;

afterAll(() => telemetry.shutdown.run('test'));

const restaurantCache = createRestaurantCache(telemetry);
const faults = faultsOf(telemetry);

function faultsOf({ logger }: Telemetry) {
  const nothing = {} as never;
  return {
    api: createApiFaults(pool, logger, restaurantCache, false),
    worker: createWorkerFaults(pool, logger, false),
    realtime: createRealtimeFaults({ pool, telemetry, hub: nothing, channel: nothing }, false),
    gateway: createGatewayFaults(logger, false),
    'third-parties': createThirdPartyFaults(logger, false),
    traffic: createTrafficFaults({ logger, crowd: nothing, guesser: nothing, seed: 1 }, false),
  };
}

function endpoints(): string[] {
  const tokens = createTestTokens();
  const reader = createEnvironmentReader({ DATABASE_URL: 'postgres://galley@nowhere/galley' });
  const configuration = { ...readConfiguration(reader), signingKey: tokens.privateKey };
  const shared = { pool, telemetry, tokens };
  const api = createApi({ ...shared, faults: faults.api, restaurantCache, configuration });
  const worker = createWorker({
    ...{ ...shared, faults: faults.worker, privateHosts: new Set<string>() },
    wakeWebhooks: () => {},
  });
  const served = [api, worker].flatMap((app) => listRoutes(app));
  // The gateway's own, and the socket of realtime.
  const others = ['GET /health', 'GET /ready', 'GET /ws'];
  return [...others, ...served.map(({ method, path }) => `${method} ${path}`)];
}

describe('docs/galley.md', () => {
  test('names every endpoint that the gateway leads to, and no other', () => {
    const named = [...page.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)`/g)]
      .map(([, endpoint]) => String(endpoint))
      // That is the management port's.
      .filter((endpoint) => !endpoint.endsWith(' /faults'));
    expect([...new Set(named)].sort()).toEqual(endpoints().sort());
  });

  test('names every fault of every app, and no other', () => {
    const rows = [...page.matchAll(/^\| ([a-z, -]+) \| ((?:`\w+`(?:, )?)+) \|/gm)];
    const named = rows.flatMap(([, apps = '', names = '']) =>
      appsOf(apps).flatMap((app) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name]) => `${app} ${name}`),
      ),
    );
    const known = Object.entries(faults).flatMap(([app, { known }]) =>
      Object.keys(known).map((name) => `${app} ${name}`),
    );
    expect(named.sort()).toEqual(known.sort());
  });
});

function appsOf(cell: string): string[] {
  const apps = Object.keys(faults);
  if (cell === 'all') return apps;
  if (cell === 'all but traffic') return apps.filter((app) => app !== 'traffic');
  return cell.split(', ');
}

test.each(appNames)(
  'the README of %s names every variable that it reads, beside the shared ones',
  (app) => {
    const readme = readFileSync(join(root, 'apps', app, 'README.md'), 'utf8');
    const folder = join(root, 'apps', app, 'src');
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(^|\/)config\.ts$/.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const read = [...source.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map(([, name]) => name);
    const missing = read.filter((name = '') => !isNamed(readme, name));
    expect(missing).toEqual([]);
  },
);

/** As it is, or as the end of a list such as `WEBHOOK_TIMEOUT_MS`, `_RETRY_BASE_MS`. */
function isNamed(readme: string, name: string): boolean {
  return readme.includes(`\`${name}\``) || readme.includes(`\`${name.replace(/^[A-Z]+/, '')}\``);
}
