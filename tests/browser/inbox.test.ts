import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { createAlertmanagerStandIn } from './alertmanager-stand-in.ts';
import {
  breakPolicy,
  colourOf,
  findFaintTexts,
  findSmallTargets,
  focusedText,
  isInWindow,
  leaveMark,
  overflow,
  shownTexts,
} from './in-page.js';
import { type InboxProcess, startInbox } from './inbox-process.ts';
import { findBrowser } from './machine.ts';
import { alert, endsAt, heartbeat, minutesAgo, notification } from './notifications.ts';
import { openPage, type WatchedPage, waitForText, waitUntilLive } from './watched-page.ts';

const found = await findBrowser();
const describeWithBrowser = 'path' in found ? describe : describe.skip;
const title =
  'reason' in found ? `the inbox in a browser (${found.reason})` : 'the inbox in a browser';
// Screenshots for a person to look at, where a folder is named.
const screenshots = process.env.SCREENSHOTS;
// For the one test that waits for it; in all others the heartbeat outlasts them.
const heartbeatTimeoutSeconds = 6;
const testTimeoutMs = 60_000;

const hostile = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

describeWithBrowser(title, () => {
  let browser: Browser;
  let backend: Server;
  let folder: string;
  let inbox: InboxProcess;
  let environment: Record<string, string>;
  const opened: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await launch({
      executablePath: 'path' in found ? found.path : '',
      // Its sandbox does not work for root, as whom CI runs in a container.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    // Prometheus and Loki as far as the queries of a runbook need them, Alertmanager for silences.
    const alertmanager = createAlertmanagerStandIn();
    backend = createServer((request, response) => {
      if (request.url?.startsWith('/api/v2/')) return void alertmanager(request, response);
      const metric = { route: '/api/v1/orders', status_code: '500', hostile };
      const data = { resultType: 'vector', result: [{ metric, value: [0, '1.75'] }] };
      response.end(JSON.stringify({ status: 'success', data }));
    });
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  }, testTimeoutMs);

  afterAll(async () => {
    await browser?.close();
    backend?.close();
  }, testTimeoutMs);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'watchkeeper-browser-'));
    const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
    environment = {
      INBOX_FILE: join(folder, 'inbox.jsonl'),
      RUNBOOKS_FOLDER: join(import.meta.dirname, '../../runbooks'),
      HEARTBEAT_TIMEOUT_SECONDS: '600',
      PROMETHEUS_QUERY_URL: address,
      LOKI_QUERY_URL: address,
      ALERTMANAGER_QUERY_URL: address,
    };
    inbox = await startInbox(environment);
  }, testTimeoutMs);

  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close();
    await inbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }, testTimeoutMs);

  async function open(path = '/', options: Parameters<typeof openPage>[2] = {}) {
    const watched = await openPage(browser, `${inbox.origin}${path}`, options);
    opened.push(watched);
    if (options.isScripted !== false) await waitUntilLive(watched.page);
    return watched;
  }

  /** Follows a link to a page that follows what happens. */
  async function follow(page: Page, selector: string): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
    await waitUntilLive(page);
  }

  async function shoot(page: Page, name: string): Promise<void> {
    if (screenshots)
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  }

  const send = (...alerts: unknown[]) =>
    inbox.post('/webhooks/alertmanager', notification(...alerts));
  const textOf = (page: Page, selector: string) => page.$$eval(selector, shownTexts);

  test(
    'is watched by a browser that reports what the policy forbids',
    async () => {
      const { page, incidents } = await open();
      await page.evaluate(breakPolicy);
      await waitForText(page, 'Live');
      expect(incidents).toEqual([expect.stringContaining('Content Security Policy')]);
    },
    testTimeoutMs,
  );

  test(
    'shows what fires, and updates without a reload',
    async () => {
      await inbox.post('/webhooks/heartbeat', heartbeat());
      const { page, incidents } = await open();
      await waitForText(page, 'All quiet.');
      await page.evaluate(leaveMark);

      await send(alert());
      await waitForText(page, '1 alert is firing');
      expect(await page.title()).toBe('(1) On-call inbox');
      expect(await textOf(page, 'h3')).toEqual(['HighErrorRate']);
      expect(await textOf(page, '#announcer')).toEqual(['1 alert is firing 1 critical']);

      await send(alert({ status: 'resolved', endsAt }));
      await waitForText(page, 'lasted 10 min');
      expect(await textOf(page, 'h2')).toEqual(['Resolved 1']);
      expect(await page.title()).toBe('On-call inbox');
      expect(await page.evaluate(isInWindow, 'isSamePage')).toBe(true);
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'leaves what is pressed where it is until it is released',
    async () => {
      await send(alert());
      const { page } = await open();
      await page.hover('a.open');
      await page.mouse.down();
      await send(alert({ fingerprint: 'another' }));
      // Long enough for the update that must not come.
      await sleep(1_500);
      await Promise.all([page.waitForNavigation(), page.mouse.up()]);
      expect(new URL(page.url()).pathname).toMatch(/^\/alerts\//);
    },
    testTimeoutMs,
  );

  test(
    'turns red when the heartbeat stops, and back, without a reload',
    async () => {
      await inbox.stop();
      const timeout = String(heartbeatTimeoutSeconds);
      inbox = await startInbox({ ...environment, HEARTBEAT_TIMEOUT_SECONDS: timeout });
      const { page, incidents } = await open();
      await inbox.post('/webhooks/heartbeat', heartbeat());
      await waitForText(page, 'All quiet.');
      await waitForText(page, 'Alerts may not reach you.', (heartbeatTimeoutSeconds + 10) * 1_000);
      await shoot(page, 'heartbeat-late');
      expect(await page.title()).toBe('⚠ On-call inbox');
      expect(await textOf(page, '.heartbeat.late')).toEqual([
        expect.stringMatching(/No heartbeat for \d+ s, since .* UTC; late since .* UTC/),
      ]);
      const [red = 0, green = 255] = await page.$eval('.heartbeat.late', colourOf);
      expect(red).toBeGreaterThan(2 * green);
      await inbox.post('/webhooks/heartbeat', heartbeat());
      await waitForText(page, 'All quiet.');
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'takes no text of an alert, a message or an answer for markup',
    async () => {
      const labels = {
        alertname: 'HighErrorRate',
        severity: 'critical',
        job: hostile,
        evil: hostile,
      };
      const annotations = { summary: hostile, description: hostile, dashboard_url: hostile };
      const entry = alert({ labels, annotations });
      await send(
        entry,
        alert({ labels: { alertname: hostile, severity: hostile }, fingerprint: 'f' }),
      );
      const fields = [
        { title: 'Alert', value: 'HighErrorRate' },
        { title: 'Service', value: hostile },
      ];
      await inbox.post('/slack/webhook', {
        attachments: [{ title: hostile, text: hostile, fields }],
      });
      const { page, incidents } = await open();
      await waitForText(page, hostile);
      await page.goto(`${inbox.origin}/messages`);
      // Slack's own markup takes what stands in angle brackets for a link.
      await waitForText(page, 'onerror="window.hacked=1"');
      await page.goto(`${inbox.origin}/`);
      await waitUntilLive(page);
      await follow(page, 'a.open');
      await waitForText(page, hostile);
      await page.click('a.run');
      await page.waitForSelector('#result-1 td');
      expect(await textOf(page, '#result-1 td')).toContain(hostile);
      expect(await page.evaluate(isInWindow, 'hacked')).toBe(false);
      expect(await page.$$('img')).toEqual([]);
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'shows the runbook beside the alert, and runs its queries by key',
    async () => {
      await send(alert());
      const { page, incidents } = await open();
      await follow(page, 'a.open');
      expect(await textOf(page, 'h1')).toEqual(['HighErrorRate']);
      const side = await (await page.$('.side'))?.boundingBox();
      const runbook = await (await page.$('.runbook'))?.boundingBox();
      expect(runbook?.x).toBeGreaterThan((side?.x ?? 0) + (side?.width ?? 0) - 1);
      expect((await textOf(page, '.block pre'))[0]).toContain('job="api"');
      for (const [key, result] of [
        ['Enter', '#result-1'],
        ['Space', '#result-2'],
      ] as const) {
        await page.focus(`a.run[data-result="${result.slice(1)}"]`);
        await page.keyboard.press(key);
        await page.waitForSelector(`${result} table`);
      }
      expect(await textOf(page, '#result-1 td')).toContain('1.75');
      // A change of the alert leaves the reader's results where they are.
      await send(alert({ annotations: { description: 'Now 20%.' } }));
      await waitForText(page, 'Now 20%.');
      expect(await textOf(page, '#result-1 td')).toContain('1.75');
      await shoot(page, 'alert');
      expect(page.url()).toMatch(/\/alerts\/3b15fd163d36582e-\d+$/);
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'silences an alert by a form on a phone, and ends the silence',
    async () => {
      await send(alert());
      const { page, incidents } = await open('/', { isPhone: true });
      await Promise.all([page.waitForNavigation(), page.click('a[href$="/silence"]')]);
      expect(await page.evaluate(findFaintTexts)).toEqual([]);
      expect(await page.evaluate(overflow)).toBe(0);
      expect(await page.evaluate(findSmallTargets)).toEqual([]);
      await page.type('input[name="by"]', 'Ada');
      await page.type('input[name="reason"]', hostile);
      await Promise.all([page.waitForNavigation(), page.click('form.silence button')]);
      await waitForText(page, 'Silent until');
      await waitForText(page, `by Ada: ${hostile}`);
      await shoot(page, 'silence');
      expect(await page.evaluate(findFaintTexts)).toEqual([]);
      expect(await page.evaluate(overflow)).toBe(0);
      await Promise.all([page.waitForNavigation(), page.click('.silenced button')]);
      expect(await textOf(page, '.silenced')).toEqual([]);
      expect(await page.evaluate(isInWindow, 'hacked')).toBe(false);
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test(
    'keeps the place of its reader through an update',
    async () => {
      await send(alert());
      const fields = [
        { title: 'Alert', value: 'HighErrorRate' },
        { title: 'Service', value: 'api' },
      ];
      const message = (text: string) => ({
        attachments: [{ title: `[FIRING:1] ${text}`, text, fields }],
      });
      await inbox.post('/slack/webhook', message('first'));
      const { page } = await open('/messages');
      await page.click('summary');
      await page.focus('summary');
      await inbox.post('/slack/webhook', message('second'));
      await waitForText(page, 'second');
      expect(await textOf(page, 'details[open] .title')).toEqual(['[FIRING:1] first']);
      expect(await page.evaluate(focusedText)).toContain('first');
    },
    testTimeoutMs,
  );

  test(
    'comes back by itself after the inbox was gone',
    async () => {
      await send(alert());
      const { page } = await open();
      const port = Number(new URL(inbox.origin).port);
      await inbox.stop();
      await waitForText(page, 'Reconnecting…');
      inbox = await startInbox(environment, port);
      await waitForText(page, 'Live', 20_000);
      await send(alert({ fingerprint: 'next', labels: { alertname: 'HighLatency' } }));
      await waitForText(page, '2 alerts are firing');
    },
    testTimeoutMs,
  );

  test(
    'can be paused',
    async () => {
      const { page } = await open();
      await page.click('#pause');
      await send(alert());
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await textOf(page, 'h3')).toEqual([]);
      await page.click('#pause');
      await waitForText(page, '1 alert is firing');
    },
    testTimeoutMs,
  );

  test(
    'works where no script runs',
    async () => {
      await send(alert());
      const { page, incidents } = await open('/', { isScripted: false });
      await Promise.all([page.waitForNavigation(), page.click('a.open')]);
      await Promise.all([page.waitForNavigation(), page.click('a.run')]);
      expect(await page.content()).toContain('1.75');
      expect(incidents).toEqual([]);
    },
    testTimeoutMs,
  );

  test.each([
    ['light', false],
    ['dark', true],
  ])(
    'is readable and fits on a phone when it is %s',
    async (name, isDark) => {
      await inbox.post('/webhooks/heartbeat', heartbeat());
      const long = { alertname: 'SlowResponseTime', severity: 'warning', job: 'x'.repeat(120) };
      const past = { status: 'resolved', startsAt: minutesAgo(95), endsAt: minutesAgo(5) };
      await send(
        alert(),
        alert({ fingerprint: 'a', labels: { ...(alert().labels as object), job: 'gateway' } }),
        alert({ fingerprint: 'b', labels: long }),
        alert({ ...past, fingerprint: 'c', labels: { alertname: 'HighLatency', job: 'api' } }),
      );
      const fields = [
        { title: 'Alert', value: 'HighErrorRate' },
        { title: 'Service', value: 'api' },
      ];
      const text = '*More fails.*\n<http://localhost:3001/d/http|Dashboard>';
      await inbox.post('/slack/webhook', {
        attachments: [{ title: '[FIRING:2] HighErrorRate · api', text, fields }],
      });
      for (const isPhone of [true, false]) {
        const { page, incidents } = await open('/', { isPhone, isDark });
        const device = isPhone ? 'phone' : 'desk';
        await shoot(page, `list-${device}-${name}`);
        expect(await page.evaluate(findFaintTexts)).toEqual([]);
        expect(await page.evaluate(overflow)).toBe(0);
        await follow(page, 'a.open');
        await page.click('a.run');
        await page.waitForSelector('#result-1 table');
        await page.click('details summary');
        await shoot(page, `alert-${device}-${name}`);
        expect(await page.evaluate(findFaintTexts)).toEqual([]);
        expect(await page.evaluate(overflow)).toBe(0);
        expect(await page.evaluate(findSmallTargets)).toEqual([]);
        expect(incidents).toEqual([]);
      }
    },
    testTimeoutMs,
  );
});
