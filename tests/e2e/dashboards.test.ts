import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGrafana } from '@watchkeeper/checks/panels/grafana';
import { assertDashboardsHaveData } from '@watchkeeper/checks/panels/has-data';
import { answerersOf, type StackAnswerers } from '@watchkeeper/checks/panels/native-sources';
import { dashboards } from '@watchkeeper/dashboards';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { findBrowser } from '../browser/machine.ts';
import { type System, startSystem } from './system.ts';

const { GRAFANA_URL, GRAFANA_AUTHORIZATION } = process.env;
const startTimeoutMs = 300_000;
// The slowest compare with ten minutes ago, a minute of compressed time; and on a busy machine it is
// a while before somebody stores a picture.
const warmUpMs = 240_000;

describe('on a running system', () => {
  let system: System;
  let answerers: StackAnswerers;

  beforeAll(async () => {
    system = await startSystem();
    answerers = answerersOf(system.stack);
  }, startTimeoutMs);

  afterAll(async () => {
    await answerers?.close();
    await system?.stop();
  }, 60_000);

  test(
    'every query of every dashboard has data, or says why none is good news',
    async () => {
      await assertDashboardsHaveData(dashboards, answerers, warmUpMs);
    },
    warmUpMs * 2,
  );

  test.each([
    ['SELECT phone FROM accounts.users', 'permission denied for schema accounts'],
    ['SELECT cuisine FROM catalogue.restaurants', 'permission denied for table restaurants'],
    ['DELETE FROM analytics.hours', 'cannot execute DELETE in a read-only transaction'],
  ])('the role of the dashboards may not run %s', async (statement, refusal) => {
    await expect(answerers.runSql(statement)).rejects.toThrow(refusal);
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
      await assertDashboardsHaveData(dashboards, await grafana.answerers(), warmUpMs);
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
