import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { type Browser, launch } from 'puppeteer-core';
import {
  findFaintTexts,
  findSmallTargets,
  isDrawn,
  isInWindow,
  overflow,
  panelStates,
  showsText,
} from './in-page.js';
import { type InboxProcess, startInbox } from './inbox-process.ts';
import { findBrowser } from './machine.ts';
import { type MetricsStandIn, startMetrics } from './metrics-stand-in.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

const found = await findBrowser();
const describeWithBrowser = 'path' in found ? describe : describe.skip;
const title =
  'reason' in found ? `dashboards in a browser (${found.reason})` : 'dashboards in a browser';
const dashboardsFolder = join(import.meta.dirname, '../../monitoring/grafana/dashboards');
const uids = readdirSync(dashboardsFolder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5));
const hostile = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
const testTimeoutMs = 90_000;

describeWithBrowser(title, () => {
  let browser: Browser;
  let metrics: MetricsStandIn;
  let inbox: InboxProcess;
  let folder: string;
  const opened: WatchedPage[] = [];

  beforeAll(async () => {
    folder = makeTemporaryFolder('dashboards');
    metrics = await startMetrics(hostile);
    inbox = await startInbox({
      INBOX_FILE: join(folder, 'inbox.jsonl'),
      DASHBOARDS_FOLDER: dashboardsFolder,
      PROMETHEUS_QUERY_URL: metrics.origin,
      LOKI_QUERY_URL: metrics.origin,
      JAEGER_URL: 'http://localhost:16686',
    });
    browser = await launch({
      executablePath: 'path' in found ? found.path : '',
      // Its sandbox does not work for root, the user of CI's containers.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  }, testTimeoutMs);

  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  afterAll(async () => {
    await browser?.close();
    await inbox?.stop();
    metrics?.close();
    removeTemporaryFolders();
  }, testTimeoutMs);

  async function open(path: string, options = {}): Promise<WatchedPage> {
    const watched = await openPage(browser, `${inbox.origin}${path}`, options);
    opened.push(watched);
    await watched.page.waitForFunction(isDrawn, { timeout: 60_000 });
    return watched;
  }

  test.each(uids)(
    '%s draws every panel, within the policy and with every label escaped',
    async (uid) => {
      const { page, incidents } = await open(`/dashboards/${uid}`);
      const panels = await page.evaluate(panelStates);
      expect(panels.length).toBeGreaterThan(0);
      const undrawn = panels.filter(({ state }) => state !== 'drawn');
      // Panels with SQL are unsupported; all others are drawn.
      for (const { state, text } of undrawn) {
        expect([state, text]).toEqual(['unsupported', expect.stringContaining('PostgreSQL')]);
      }
      expect(await page.evaluate(isInWindow, 'hacked')).toBe(false);
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test.each([
    ['light', false],
    ['dark', true],
  ])(
    'all text has enough contrast in the %s theme',
    async (_, isDark) => {
      const { page } = await open('/dashboards/overview', { isDark });
      expect(await page.evaluate(findFaintTexts)).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'fits a phone, with targets large enough for a finger',
    async () => {
      const { page } = await open('/dashboards/http', { isPhone: true });
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      expect(await page.evaluate(findSmallTargets)).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'opens the data links of a series, by keyboard too',
    async () => {
      const { page, incidents } = await open('/dashboards/http?var-job=api');
      await page.focus('.legend button');
      await page.keyboard.press('Enter');
      const address = await page.$eval('.data-links a', (link) => link.getAttribute('href'));
      expect(address).toMatch(/^\/dashboards\/|^http:\/\/localhost:16686\/search/);
      await page.keyboard.press('Escape');
      expect(await page.$('.data-links')).toBeNull();
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'links exemplars to their traces',
    async () => {
      const { page } = await open('/dashboards/http');
      await page.click('[aria-labelledby="panel-2"] .about > summary');
      const address = await page.$eval('.about[open] ul a', (link) => link.getAttribute('href'));
      expect(address).toBe('http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c');
    },
    testTimeoutMs,
  );

  test(
    'keeps a chosen range in the address and in links to other dashboards',
    async () => {
      const { page } = await open('/dashboards/http');
      const selects = await page.$$('.controls select');
      await selects[0]?.select('now-6h');
      await page.waitForFunction(isDrawn, { timeout: 60_000 });
      expect(page.url()).toContain('from=now-6h');
      const link = await page.$eval('a[data-dashboard][href*="/dashboards/logs"]', (each) =>
        each.getAttribute('href'),
      );
      expect(link).toContain('from=now-6h');
    },
    testTimeoutMs,
  );

  test(
    'explains that Prometheus is not configured',
    async () => {
      const alone = await startInbox({
        INBOX_FILE: join(folder, 'alone.jsonl'),
        DASHBOARDS_FOLDER: dashboardsFolder,
      });
      try {
        const watched = await openPage(browser, `${alone.origin}/dashboards/http`);
        opened.push(watched);
        await watched.page.waitForFunction(isDrawn, { timeout: 60_000 });
        const text = 'Data source Prometheus is not configured.';
        expect(await watched.page.evaluate(showsText, text)).toBe(true);
      } finally {
        await alone.stop();
      }
    },
    testTimeoutMs,
  );
});
