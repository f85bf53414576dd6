import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { ensureTool } from '@watchkeeper/stack';
import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { startChild } from '@watchkeeper/stack/supervision/child';
import { logTail } from '@watchkeeper/stack/supervision/logs';
import { stopGroup } from '@watchkeeper/stack/supervision/process-group';
import { freePort } from '@watchkeeper/testing/started-process';

const readyMs = 60_000;
const stopMs = 60_000;

/** Starts Prometheus on a folder of blocks; it scrapes nothing, and does not change the blocks. */
export async function startPrometheus(folder: string) {
  const { path: command, version } = await ensureTool('prometheus');
  const configuration = join(folder, 'prometheus.yml');
  writeFileSync(configuration, 'global: {}\n');
  const port = await freePort();
  const args = [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=60d',
    // Equal bounds turn compaction off.
    ...['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
    `--web.listen-address=127.0.0.1:${port}`,
    ...['--enable-feature=exemplar-storage', '--log.level=warn'],
  ];
  const address = `http://127.0.0.1:${port}`;
  const log = join(folder, 'prometheus.log');
  const child = await startChild({ command, args, env: process.env }, log);
  // Detached, so that an interrupted benchmark would leave it running.
  const deadMansSwitch = startDeadMansSwitch();
  deadMansSwitch.arm([{ kind: 'signal', signal: 'SIGTERM', ...child.identity }]);
  const stop = async () => {
    await stopGroup(child.identity, 'SIGTERM', stopMs);
    deadMansSwitch.dismiss();
  };
  try {
    const isReady = async () => child.hasExited() || (await fetch(`${address}/-/ready`)).ok;
    await waitUntil('Prometheus to read the blocks', isReady, { timeoutMs: readyMs, everyMs: 100 });
    if (child.hasExited()) throw new Error(`Prometheus ${await child.exited}.\n${logTail(log)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, version, stop };
}
