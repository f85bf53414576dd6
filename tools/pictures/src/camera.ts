import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import puppeteer, { type Page } from 'puppeteer-core';

declare const document: { documentElement: { scrollHeight: number } };

/** The subject of a picture. */
export interface Shot {
  readonly address: string;
  readonly file: string;
  /** Runs in the page; true once the picture can be taken. */
  readonly isReady: () => boolean;
  /** The largest height in pixels; the rest of the page repeats itself. */
  readonly maxHeight?: number;
}

/** A browser that takes pictures. */
export type Camera = Awaited<ReturnType<typeof openCamera>>;

// The first is the usual one; a dashboard whose file gets too large is taken narrower.
const widths = [1_400, 1_200, 1_000];
const readyMs = 60_000;
const tries = 3;
// README stays quick to load.
const maxBytes = 250_000;

/** The browser of this machine, from `CHROMIUM` or `PATH`; throws with the fix when there is none. */
function findBrowser(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined && existsSync(named)) return named;
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const found = findOnPath(names);
  if (found !== undefined) return found;
  throw new Error(
    'Expected Chromium on `PATH` or in `CHROMIUM`, found none. Install it: apt-get install chromium.',
  );
}

/** Opens the browser. */
export async function openCamera() {
  const browser = await puppeteer.launch({
    executablePath: findBrowser(),
    // Only pages of this machine are opened, and root has no sandbox of its own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    /** Takes a picture of a whole page; resolves to its size in bytes. */
    async take(shot: Shot): Promise<number> {
      const page = await browser.newPage();
      try {
        const picture = await takeSmall(page, shot);
        mkdirSync(dirname(shot.file), { recursive: true });
        writeFileSync(shot.file, picture);
        return picture.length;
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}

async function takeSmall(page: Page, shot: Shot): Promise<Uint8Array> {
  for (const width of widths) {
    await page.setViewport({ width, height: 900 });
    await open(page, shot);
    const picture = await page.screenshot({
      clip: { x: 0, y: 0, width, height: await heightOf(page, shot) },
    });
    if (picture.length <= maxBytes) return picture;
  }
  throw new Error(`Expected ${shot.file} to have at most ${maxBytes} bytes, whatever its width.`);
}

async function heightOf(page: Page, { maxHeight = Number.POSITIVE_INFINITY }: Shot) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  return Math.min(height, maxHeight);
}

/** Retries: a browser loses requests when the networks of its machine change. */
async function open(page: Page, { address, isReady }: Shot): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.goto(address, { waitUntil: 'load' });
      await page.waitForFunction(isReady, { timeout: readyMs });
      return;
    } catch (error) {
      if (attempt === tries) {
        throw new Error(`Expected ${address} to be drawn within ${readyMs / 1_000} s.`, {
          cause: error,
        });
      }
    }
  }
}
