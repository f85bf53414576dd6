// The daemon behind `npm start`: keeps the stack up until it is told to stop. It tells the process
// that spawned it how far it is, over the channel that Node gives to forks.
import { runUntilStopped, signalFromTerminal } from './command/run-until-stopped.ts';
import type { DaemonMessage } from './command/start-daemon.ts';
import { messageOf, StackError } from './stack-error.ts';

const controller = signalFromTerminal();
let isReady = false;

// Whoever asked for the stack has gone before it was ready, so nobody wants it any more.
process.on('disconnect', () => {
  if (!isReady) controller.abort();
});

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

const listener = {
  onProgress: (progress: string) => tell({ progress }),
  onReady: () => {
    isReady = true;
    tell({ isReady });
    if (process.connected) process.disconnect();
  },
};

try {
  await runUntilStopped({}, listener, controller.signal);
} catch (error) {
  const exitCode = error instanceof StackError ? error.exitCode : 1;
  const failure = error instanceof StackError ? error.message : String((error as Error)?.stack);
  process.stderr.write(`${messageOf(error)}\n`);
  tell({ failure, exitCode });
  process.exitCode = exitCode;
}
if (process.connected) process.disconnect();
