import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '@watchkeeper/stack';

/** A system with traffic, started for the pictures alone. */
export interface PicturedSystem {
  readonly inbox: string;
  /** Breaks the api on purpose. */
  breakApi(): Promise<void>;
  /** Whether the inbox holds a firing alert of that name. */
  isFiring(alertname: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts everything natively, on free ports and in a folder of its own, as shipped. */
export async function startPicturedSystem(print: (text: string) => void): Promise<PicturedSystem> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-pictures-'));
  const stack = await startStack({ stateFolder, ports: 'free', readyTimeoutMs: 180_000 });
  const inbox = stack.address('oncall');
  print(`The system runs; its dashboards are at ${inbox}/dashboards.`);
  return {
    inbox,
    async breakApi() {
      const faults = `${stack.address('api', 'management')}/faults`;
      const response = await fetch(faults, {
        method: 'PUT',
        body: JSON.stringify({ errors: { share: 0.3 } }),
      });
      if (!response.ok)
        throw new Error(`Expected the api to take a fault: ${await response.text()}`);
    },
    async isFiring(alertname) {
      const response = await fetch(`${inbox}/api/v1/alerts?status=firing&alertname=${alertname}`);
      return ((await response.json()) as { alerts: unknown[] }).alerts.length > 0;
    },
    async stop() {
      await stack.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** Asks until it is so; throws when it never is. */
export async function waitUntil(ask: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`Expected it within ${withinMs / 60_000} minutes.`);
    await sleep(2_000);
  }
}
