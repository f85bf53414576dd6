import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@watchkeeper/stack';

export interface PicturedSystem {
  readonly inbox: string;
  /** Injects errors into the api. */
  injectErrors(): Promise<void>;
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
    async injectErrors() {
      const faults = `${stack.address('api', 'management')}/faults`;
      const response = await fetch(faults, {
        method: 'PUT',
        body: JSON.stringify({ errors: { share: 0.3 } }),
      });
      if (!response.ok)
        throw new Error(`Expected the api to accept a fault: ${await response.text()}`);
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
