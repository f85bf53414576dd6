import type { Logger } from '../logging/logger.ts';
import { processWide } from '../process-wide.ts';
import type { Shutdown } from './shutdown.ts';

// A process that can log no more must not log that for ever.
const maxLoggedCrashes = 100;

/**
 * Shuts down at SIGTERM and SIGINT, and after an uncaught error. The listeners stay: npm passes on a
 * Ctrl-C that the terminal has sent already, and Node would end the process at the second. The
 * process ends once every service in it has shut down.
 */
export function shutDownOnSignals(shutdown: Shutdown, logger: Logger): void {
  const end = processWide('end', () => ({ running: 0, exitCode: 0 }));
  end.running += 1;
  let isEnding = false;
  let crashes = 0;

  async function run(reason: string): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    const isClean = await shutdown.run(reason).catch(() => false);
    if (!isClean) end.exitCode = 1;
    end.running -= 1;
    if (end.running === 0) process.exit(end.exitCode);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void run(signal));
  }
  for (const reason of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(reason, (error: unknown) => {
      end.exitCode = 1;
      crashes += 1;
      if (crashes <= maxLoggedCrashes) {
        logger.fatal({ event: 'process_crashed', reason, err: error }, 'process crashed');
      }
      void run(reason);
    });
  }
}
