import { existsSync } from 'node:fs';
import { runCommand } from '@watchkeeper/stack/run-command';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';

// Debian's name first, then those of other systems.
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Finds a browser. One is installed only in CI, as root on Debian: no other machine is
 * changed by a test.
 */
export async function findBrowser(): Promise<{ path: string } | { reason: string }> {
  const found = findOnPath(names, process.env.PATH);
  if (found !== undefined) return { path: found };
  if (process.env.CI !== 'true') return { reason: '`chromium` is not on PATH' };
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!isDebian)
    throw new Error('Expected `chromium` on PATH; only root on Debian can install it.');
  await aptGet('update');
  await aptGet('install', '-y', '--no-install-recommends', 'chromium');
  const installed = findOnPath(names, process.env.PATH);
  if (installed !== undefined) return { path: installed };
  throw new Error('Expected `chromium` on PATH after its installation, got none.');
}

async function aptGet(...parameters: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, stdout, stderr } = await runCommand('apt-get', ['-q', ...parameters], { env });
  if (code === 0) return;
  throw new Error(`\`apt-get ${parameters.join(' ')}\` failed: ${(stderr || stdout).trim()}`);
}
