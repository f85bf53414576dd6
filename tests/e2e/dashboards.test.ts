import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dashboards } from '@watchkeeper/dashboards';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { findBrowser } from '../browser/machine.ts';
import { createGrafana } from './panels/grafana.ts';
import { assertDashboardsHaveData } from './panels/has-data.ts';
import { createStackRunners, type StackRunners } from './panels/native-sources.ts';
import { type System, startSystem } from './system.ts';

const { GRAFANA_URL, GRAFANA_AUTHORIZATION } = process.env;
const startTimeoutMs = 300_000;
// The slowest query compares with ten minutes ago, a minute of compressed time; and on a busy machine
// it takes a while until a picture is uploaded.
const warmUpMs = 240_000;

describe('on a running system', () => {
  let system: System;
  let runners: StackRunners;

  beforeAll(async () => {
    system = await startSystem();
    runners = createStackRunners(system.stack);
  }, startTimeoutMs);

  afterAll(async () => {
    await runners?.close();
    await system?.stop();
  }, 60_000);

  test(
    'every query of every dashboard has data, or a declared reason to have none',
    async () => {
      await assertDashboardsHaveData(dashboards, runners, warmUpMs);
    },
    warmUpMs * 2,
  );

  test.each([
    ['SELECT phone FROM accounts.users', 'permission denied for schema accounts'],
    ['SELECT cuisine FROM catalogue.restaurants', 'permission denied for table restaurants'],
    ['DELETE FROM analytics.hours', 'cannot execute DELETE in a read-only transaction'],
  ])('the role of the dashboards may not run %s', async (statement, refusal) => {
    await expect(runners.runSql(statement)).rejects.toThrow(refusal);
  });
});

const describeGrafana = GRAFANA_URL === undefined ? describe.skip : describe;

describeGrafana(`in Grafana${GRAFANA_URL === undefined ? ' (GRAFANA_URL is not set)' : ''}`, () => {
  const grafana = createGrafana(GRAFANA_URL ?? '', GRAFANA_AUTHORIZATION ?? '');

  test.each(dashboards.map(({ uid }) => uid))('%s is there, with every panel', async (uid) => {
    const ids = await grafana.panelIds(uid);
    const { panels = [] } = dashboards.find((spec) => spec.uid === uid) ?? {};
    expect([...ids].sort()).toEqual(panels.map(({ id }) => id).sort());
  });

  test(
    'every query has data through its query API',
    async () => {
      await assertDashboardsHaveData(dashboards, await grafana.queryRunners(), warmUpMs);
    },
    warmUpMs * 2,
  );

  test('shows each dashboard in Chromium', async () => {
    const browser = await findBrowser();
    if ('reason' in browser) throw new Error(`Expected a browser, but ${browser.reason}.`);
    const folder = makeTemporaryFolder('grafana');
    for (const { uid } of dashboards) {
      expect(await grafana.takeScreenshot(uid, browser.path, folder)).toContain(uid);
    }
    process.stderr.write(`Pictures: ${folder}\n`);
  }, 600_000);
});
