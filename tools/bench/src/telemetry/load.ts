import { fork } from 'node:child_process';
import { join } from 'node:path';
import { nextMessage } from './contenders.ts';
import type { Load, measure } from './load-worker.ts';

/** Starts the process that sends requests; it serves all contenders, so that it is equally warm. */
export function startLoad() {
  const worker = fork(join(import.meta.dirname, 'load-worker.ts'), []);
  return {
    run(load: Load): ReturnType<typeof measure> {
      worker.send(load);
      return nextMessage(worker);
    },
    stop: () => worker.disconnect(),
  };
}
