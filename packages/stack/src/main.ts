// The daemon behind `npm start`: keeps the stack up until a signal stops it. It reports its progress
// to its parent over the IPC channel.
import { runUntilStopped, signalFromTerminal } from './command/run-until-stopped.ts';
import type { DaemonMessage } from './command/start-daemon.ts';
import { messageOf, StackError } from './stack-error.ts';

const controller = signalFromTerminal();
let isReady = false;

// The parent died before the stack was ready: nobody would know that it runs.
process.on('disconnect', () => {
  if (!isReady) controller.abort();
});

function report(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

function reportReady(): void {
  isReady = true;
  report({ isReady });
  if (process.connected) process.disconnect();
}

try {
  await runUntilStopped((progress) => report({ progress }), reportReady, controller.signal);
} catch (error) {
  const exitCode = error instanceof StackError ? error.exitCode : 1;
  const failure = error instanceof StackError ? error.message : String((error as Error)?.stack);
  process.stderr.write(`${messageOf(error)}\n`);
  report({ failure, exitCode });
  process.exitCode = exitCode;
}
if (process.connected) process.disconnect();
