import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { ensureTool } from '@watchkeeper/stack';
import { freePort } from '@watchkeeper/testing/started-process';

const readyMs = 60_000;

/** Starts Prometheus on a folder of blocks; it scrapes nothing, and does not change the blocks. */
export async function startPrometheus(folder: string) {
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
  try {
    const isReady = async () => child.exitCode !== null || (await fetch(`${address}/-/ready`)).ok;
    await waitUntil('Prometheus to read the blocks', isReady, { timeoutMs: readyMs, everyMs: 100 });
    if (child.exitCode !== null) throw new Error('Expected Prometheus to run, but it has exited.');
  } catch (error) {
    if (child.exitCode === null) await stop();
    throw error;
  }
  return { address, version, stop };
}
