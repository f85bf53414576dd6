import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@watchkeeper/stack';

const timeoutMs = 600_000;

/** Resolves when every synthetic customer, courier and restaurant is signed in. */
export async function waitForTrafficAccounts(stack: Stack): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(1_000)) {
    const text = await (await stack.manage('traffic', '/metrics')).text();
    const out = [...text.matchAll(/^traffic_accounts\{.*state="signed_out".*\} (\d+)/gm)];
    if (out.length > 0 && out.every(([, count]) => count === '0')) return;
  }
  throw new Error(`Expected every traffic account to be signed in within ${timeoutMs / 1_000} s.`);
}
