import type { Browser, Page } from 'puppeteer-core';
import { isUpToDate, shownTexts, showsText } from './in-page.js';

/** A page in a browser with all unexpected incidents. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors, violations of the policy, and requests to other servers. */
  readonly incidents: readonly string[];
  close(): Promise<void>;
}

/** Opens an address in a new browser profile. */
export async function openPage(
  browser: Browser,
  address: string,
  { isScripted = true, isPhone = false, isDark = false } = {},
): Promise<WatchedPage> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const incidents: string[] = [];
  await page.setViewport(
    isPhone
      ? { width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
      : { width: 1280, height: 900 },
  );
  await page.setJavaScriptEnabled(isScripted);
  const scheme = isDark ? 'dark' : 'light';
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  page.on('console', (message) => {
    // The browser reports violations of the policy here.
    if (message.type() === 'error') incidents.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => incidents.push(`error: ${String(error)}`));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== new URL(address).origin) incidents.push(`request: ${request.url()}`);
  });
  // The stream of events never ends, so there is no idle network to wait for.
  await page.goto(address, { waitUntil: 'load' });
  return { page, incidents, close: () => context.close() };
}

/**
 * Waits until a page follows what happens and is up to date: that replaces what stands on it, and a
 * click that falls into that moment meets nothing.
 */
export async function waitUntilLive(page: Page): Promise<void> {
  await waitForText(page, 'Live');
  await page.waitForFunction(isUpToDate, { timeout: 20_000 });
}

/** Waits until the page shows a text. */
export async function waitForText(page: Page, text: string, timeoutMs = 20_000): Promise<void> {
  await page.waitForFunction(showsText, { timeout: timeoutMs }, text);
}

/** The texts that the elements of a selector show. */
export function textOf(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, shownTexts);
}
