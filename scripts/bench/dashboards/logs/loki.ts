import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '../../../../packages/stack/src/tools/path-search.ts';

/** A Loki that runs for the measurement alone. */
export interface FilledLoki {
  readonly address: string;
  stop(): Promise<void>;
}

const monitoring = join(import.meta.dirname, '../../../../monitoring');

// A day of lines is to be taken in minutes; nothing else of the shipped configuration changes.
const raised: Readonly<Record<string, string>> = {
  ingestion_rate_mb: '1000',
  ingestion_burst_size_mb: '1000',
  per_stream_rate_limit: '1GB',
  per_stream_rate_limit_burst: '1GB',
};

/** Whether there is a Loki on this machine. */
export function hasLoki(): boolean {
  return findOnPath(['loki']) !== undefined;
}

/** Starts Loki as shipped, but for how fast it takes lines. */
export async function startLoki(): Promise<FilledLoki> {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-loki-'));
  const monitoringFolder = join(folder, 'monitoring');
  cpSync(monitoring, monitoringFolder, { recursive: true });
  const file = join(monitoringFolder, 'loki/loki.yml');
  let text = readFileSync(file, 'utf8');
  for (const [name, value] of Object.entries(raised)) {
    text = text.replace(new RegExp(`^  ${name}: .*$`, 'm'), `  ${name}: ${value}`);
  }
  writeFileSync(file, text);
  const stack: Stack = await startStack({
    ...{ stateFolder: join(folder, 'state'), monitoringFolder, ports: 'free' },
    components: ['loki'],
  });
  return {
    address: stack.address('loki'),
    async stop() {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Has Loki write what it holds in memory; where that takes long it hangs up, and goes on. */
export async function flush({ address }: FilledLoki): Promise<void> {
  await fetch(`${address}/flush`, { method: 'POST' }).catch(() => undefined);
}
