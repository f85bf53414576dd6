import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, jest } from '@jest/globals';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { createAlertmanagerStandIn } from './alertmanager-stand-in.ts';
import { type InboxProcess, startInbox } from './inbox-process.ts';
import { findBrowser } from './machine.ts';
import { hostile, notification } from './notifications.ts';
import { openPage, type WatchedPage, waitUntilLive } from './watched-page.ts';

/** An inbox for one test and its pages in a browser. */
export interface BrowsedInbox {
  readonly origin: string;
  post(path: string, body: unknown): Promise<void>;
  /** Sends it alerts, as Alertmanager does. */
  send(...alerts: unknown[]): Promise<void>;
  stop(): Promise<void>;
  /** Restarts it with its file and these variables changed. */
  start(changes?: Readonly<Record<string, string>>, port?: number): Promise<void>;
  open(path?: string, options?: Parameters<typeof openPage>[2]): Promise<WatchedPage>;
  /** Follows a link to a live page. */
  follow(page: Page, selector: string): Promise<void>;
  /** Takes a screenshot if `SCREENSHOTS` is a folder. */
  shoot(page: Page, name: string): Promise<void>;
}

const found = await findBrowser();
const describeWithBrowser = 'path' in found ? describe : describe.skip;
const screenshots = process.env.SCREENSHOTS;

/** Prometheus and Loki as far as the queries of a runbook need them, Alertmanager for silences. */
async function startBackend(): Promise<Server> {
  const alertmanager = createAlertmanagerStandIn();
  const backend = createServer((request, response) => {
    if (request.url?.startsWith('/api/v2/')) return void alertmanager(request, response);
    const metric = { route: '/api/v1/orders', status_code: '500', hostile };
    const data = { resultType: 'vector', result: [{ metric, value: [0, '1.75'] }] };
    response.end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  return backend;
}

/** Describes an inbox in a browser; skipped, with the reason, where there is no browser. */
export function describeInbox(title: string, define: (inbox: BrowsedInbox) => void): void {
  jest.setTimeout(60_000);
  describeWithBrowser('reason' in found ? `${title} (${found.reason})` : title, () => {
    let browser: Browser;
    let backend: Server;
    let folder: string;
    let running: InboxProcess;
    const opened: WatchedPage[] = [];

    function environment(): Record<string, string> {
      const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
      return {
        INBOX_FILE: join(folder, 'inbox.jsonl'),
        RUNBOOKS_FOLDER: join(import.meta.dirname, '../../runbooks'),
        HEARTBEAT_TIMEOUT_SECONDS: '600',
        PROMETHEUS_QUERY_URL: address,
        LOKI_QUERY_URL: address,
        ALERTMANAGER_QUERY_URL: address,
      };
    }

    beforeAll(async () => {
      browser = await launch({
        executablePath: 'path' in found ? found.path : '',
        // Its sandbox does not work for root, the user of CI's containers.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      });
      backend = await startBackend();
    });
    afterAll(async () => {
      await browser?.close();
      backend?.close();
    });
    beforeEach(async () => {
      folder = makeTemporaryFolder('browser');
      running = await startInbox(environment());
    });
    afterEach(async () => {
      for (const page of opened.splice(0)) await page.close();
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    define({
      get origin() {
        return running.origin;
      },
      post: (path, body) => running.post(path, body),
      send: (...alerts) => running.post('/webhooks/alertmanager', notification(...alerts)),
      stop: () => running.stop(),
      async start(changes = {}, port) {
        running = await startInbox({ ...environment(), ...changes }, port);
      },
      async open(path = '/', options = {}) {
        const watched = await openPage(browser, `${running.origin}${path}`, options);
        opened.push(watched);
        if (options.isScripted !== false) await waitUntilLive(watched.page);
        return watched;
      },
      async follow(page, selector) {
        await Promise.all([page.waitForNavigation(), page.click(selector)]);
        await waitUntilLive(page);
      },
      async shoot(page, name) {
        if (!screenshots) return;
        await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
      },
    });
  });
}
