import { portVariables } from '../components/index.ts';
import { readEnvironment, readSettings } from '../settings.ts';
import { isRunning, readState, type StackState } from '../state-file.ts';
import { type StateFolder, stateFolderAt, stateRootOf } from '../state-folder.ts';
import { runUntilStopped, signalFromTerminal } from './run-until-stopped.ts';
import { startDaemon } from './start-daemon.ts';
import { formatTable } from './table.ts';

// The shell's own code for a program that Ctrl-C has ended.
const interrupted = 130;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function startForeground(folder: StateFolder): Promise<number> {
  const onReady = (state: StackState) => print(formatTable(state, folder));
  await runUntilStopped(print, onReady, signalFromTerminal().signal);
  print('Everything has stopped.');
  return 0;
}

/** `npm start`: starts everything, prints the table, and returns the exit code. */
export async function start(flags: { foreground?: boolean | undefined }): Promise<number> {
  const environment = readEnvironment();
  readSettings(environment, portVariables);
  const folder = stateFolderAt(stateRootOf(environment));
  const running = readState(folder.stateFile);
  if (isRunning(running)) {
    print(`Already ${running.phase === 'ready' ? 'running' : running.phase}.\n`);
    print(formatTable(running, folder));
    return 0;
  }
  if (flags.foreground) return startForeground(folder);
  const { signal } = signalFromTerminal();
  const state = await startDaemon(folder, environment, print, signal);
  if (state) {
    print(`\n${formatTable(state, folder)}`);
    return 0;
  }
  print('Interrupted: everything has stopped.');
  return interrupted;
}
