import { readEnvironment } from '../settings.ts';
import { isRunning, readState } from '../state-file.ts';
import { stateFolderAt, stateRootOf } from '../state-folder.ts';
import { stopRunning } from './stop-running.ts';
import { formatTable } from './table.ts';

function ownFolder() {
  return stateFolderAt(stateRootOf(readEnvironment()));
}

/** `npm run status`: prints the running components; the exit code is 0 when all are ready, else 1. */
export async function status(flags: { json?: boolean | undefined }): Promise<number> {
  const folder = ownFolder();
  const state = readState(folder.stateFile);
  const running = isRunning(state) ? state : undefined;
  const components = Object.values(running?.components ?? {});
  if (flags.json) process.stdout.write(`${JSON.stringify(running ?? null, undefined, 2)}\n`);
  else if (running) process.stdout.write(`${formatTable(running, folder)}\n`);
  else process.stdout.write('Nothing runs. Start: npm start\n');
  return running?.phase === 'ready' && components.every(({ phase }) => phase === 'ready') ? 0 : 1;
}

/** `npm stop`: stops everything that `npm start` started; the exit code is always 0. */
export async function stop(): Promise<number> {
  const wasRunning = await stopRunning(ownFolder());
  process.stdout.write(wasRunning ? 'Everything has stopped.\n' : 'Nothing was running.\n');
  return 0;
}
