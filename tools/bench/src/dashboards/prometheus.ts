import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTool } from '@watchkeeper/stack';

/** A Prometheus over blocks that were written for it. */
export interface FilledPrometheus {
  readonly address: string;
  readonly version: string;
  stop(): Promise<void>;
}

const readyMs = 60_000;

/** Starts Prometheus over a folder of blocks; it scrapes nobody, and leaves the blocks as they are. */
export async function startPrometheus(folder: string): Promise<FilledPrometheus> {
  const { path, version } = await ensureTool('prometheus');
  const configuration = join(folder, 'prometheus.yml');
  writeFileSync(configuration, 'global: {}\n');
  const port = await freePort();
  const child = spawn(
    path,
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=60d',
      // Equal bounds turn compaction off.
      ...['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
      `--web.listen-address=127.0.0.1:${port}`,
      ...['--enable-feature=exemplar-storage', '--log.level=warn'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const address = `http://127.0.0.1:${port}`;
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for (const deadline = Date.now() + readyMs; ; await sleep(100)) {
    const isReady = await fetch(`${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { address, version, stop };
    if (child.exitCode === null && Date.now() < deadline) continue;
    if (child.exitCode === null) await stop();
    throw new Error(`Expected Prometheus to read the blocks within ${readyMs / 1_000} s.`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
