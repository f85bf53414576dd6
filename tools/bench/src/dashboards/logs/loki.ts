import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { repositoryRoot, type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { readSample } from '../../samples.ts';

/** A Loki that runs for the measurement alone. */
export interface FilledLoki {
  readonly address: string;
  stop(): Promise<void>;
}

const monitoring = join(repositoryRoot, 'monitoring');

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

/**
 * Has Loki write what it holds in memory, and waits until it has: one that still writes a whole day
 * at once has no core left for a query.
 * @throws Error when it takes over five minutes
 */
export async function flush({ address }: FilledLoki): Promise<void> {
  // Where that takes long it hangs up, and goes on.
  await fetch(`${address}/flush`, { method: 'POST' }).catch(() => undefined);
  const isWritten = async () => (await leftToWrite(address)) === 0;
  await waitUntil('Loki to write its chunks', isWritten, { timeoutMs: 300_000, everyMs: 1_000 });
}

/** Chunks in memory, and streams on their way out of it. */
async function leftToWrite(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const chunks = readSample(text, 'loki_ingester_memory_chunks');
  return chunks + readSample(text, 'loki_ingester_flush_queue_length');
}
