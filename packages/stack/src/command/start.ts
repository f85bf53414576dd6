import { portVariables } from '../components/index.ts';
import { chooseMode } from '../mode.ts';
import { readEnvironment, readSettings } from '../settings.ts';
import { isRunning, readState, type StackState } from '../state-file.ts';
import { type StateFolder, stateFolderAt, stateRootOf } from '../state-folder.ts';
import { runUntilStopped, signalFromTerminal } from './run-until-stopped.ts';
import { startDaemon } from './start-daemon.ts';
import { formatTable } from './table.ts';

export interface StartFlags {
  native?: boolean | undefined;
  compose?: boolean | undefined;
  foreground?: boolean | undefined;
}

// The shell's own code for a program that Ctrl-C has ended.
const interrupted = 130;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printTable(folder: StateFolder, state: StackState): void {
  print(formatTable(state, folder));
}

async function startForeground(folder: StateFolder): Promise<number> {
  const onReady = (state: StackState) => printTable(folder, state);
  await runUntilStopped({}, { onProgress: print, onReady }, signalFromTerminal().signal);
  print('Everything has stopped.');
  return 0;
}

/** `npm start`: starts everything, prints the table, and returns the exit code. */
export async function start(flags: StartFlags): Promise<number> {
  chooseMode(flags);
  const environment = readEnvironment();
  readSettings(environment, portVariables);
  const folder = stateFolderAt(stateRootOf(environment));
  const running = readState(folder.stateFile);
  if (isRunning(running)) {
    print(`Already ${running.phase === 'ready' ? 'running' : running.phase}.\n`);
    printTable(folder, running);
    return 0;
  }
  if (flags.foreground) return startForeground(folder);
  const { signal } = signalFromTerminal();
  const state = await startDaemon(folder, environment, print, signal);
  if (state) {
    print('');
    printTable(folder, state);
    return 0;
  }
  print('Interrupted: everything has stopped.');
  return interrupted;
}
