import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import {
  withTemporaryFolder,
  withTemporaryStack,
} from '@watchkeeper/drills/systems/temporary-stack';
import { repositoryRoot } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { readSample } from '../../machine/read-sample.ts';

// A day of lines is ingested within minutes; the rest of the shipped configuration stays.
const raisedLimits: Readonly<Record<string, string>> = {
  ingestion_rate_mb: '1000',
  ingestion_burst_size_mb: '1000',
  per_stream_rate_limit: '1GB',
  per_stream_rate_limit_burst: '1GB',
};

export function hasLoki(): boolean {
  return findOnPath(['loki']) !== undefined;
}

/** Runs with the address of a Loki of its own, as shipped except for its ingestion limits. */
export function withLoki(use: (address: string) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    cpSync(join(repositoryRoot, 'monitoring'), folder, { recursive: true });
    const file = join(folder, 'loki/loki.yml');
    let text = readFileSync(file, 'utf8');
    for (const [name, value] of Object.entries(raisedLimits)) {
      text = text.replace(new RegExp(`^  ${name}: .*$`, 'm'), `  ${name}: ${value}`);
    }
    writeFileSync(file, text);
    await withTemporaryStack({ monitoringFolder: folder, components: ['loki'] }, (stack) =>
      use(stack.address('loki')),
    );
  });
}

/**
 * Makes Loki write its chunks in memory, and waits for the end: while it writes a whole day at once,
 * no core is left for a query.
 * @throws Error when it takes over five minutes
 */
export async function flush(address: string): Promise<void> {
  // If that takes long, the request ends and the writing goes on.
  await fetch(`${address}/flush`, { method: 'POST' }).catch(() => undefined);
  const isWritten = async () => {
    const text = await (await fetch(`${address}/metrics`)).text();
    const waiting = ['loki_ingester_memory_chunks', 'loki_ingester_flush_queue_length'];
    return waiting.every((name) => readSample(text, name) === 0);
  };
  await waitUntil('Loki to write its chunks', isWritten, { timeoutMs: 300_000, everyMs: 1_000 });
}
