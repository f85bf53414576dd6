import type { Logger } from '../logging/logger.ts';
import { withTimeout } from '../operations/with-timeout.ts';

/** The phases of a shutdown, in their order. */
export const shutdownPhases = [
  'stop-accepting',
  'drain',
  'close-stores',
  'flush-telemetry',
] as const;

type ShutdownPhase = (typeof shutdownPhases)[number];

export type Shutdown = ReturnType<typeof createShutdown>;

// A disk is fast; of the usual ten seconds this is one.
const logsShare = 0.1;

interface Step {
  readonly name: string;
  readonly run: () => Promise<unknown> | unknown;
}

/**
 * The phases share one deadline: a late step is abandoned and named in the log, so that a hanging
 * store cannot prevent the telemetry from being flushed. The logs are closed last.
 */
export function createShutdown(logger: Logger, deadlineMs: number, closeLogs: () => Promise<void>) {
  const steps = new Map<ShutdownPhase, Step[]>(shutdownPhases.map((phase) => [phase, []]));
  let running: Promise<boolean> | undefined;

  async function runAll(reason: string): Promise<boolean> {
    const startedAt = performance.now();
    const phases: Record<string, number> = {};
    let isClean = true;
    logger.info({ event: 'server_stopping', reason }, 'server stopping');
    const elapsed = () => performance.now() - startedAt;
    for (const [index, phase] of shutdownPhases.entries()) {
      const phaseStartedAt = performance.now();
      // Each phase gets an equal share of the remaining time, so that later ones always have some.
      const left = deadlineMs * (1 - logsShare) - elapsed();
      const share = Math.max(left / (shutdownPhases.length - index), 1);
      const runs = (steps.get(phase) ?? []).map((step) => runStep(logger, phase, step, share));
      isClean = (await Promise.all(runs)).every(Boolean) && isClean;
      phases[phase] = Math.round(performance.now() - phaseStartedAt);
    }
    const fields = { reason, duration_ms: Math.round(elapsed()), phases };
    logger.info({ event: 'server_stopped', ...fields }, 'server stopped');
    const logs = { name: 'logs', run: closeLogs };
    const isClosed = await runStep(logger, 'flush-telemetry', logs, deadlineMs - elapsed());
    return isClosed && isClean;
  }

  return {
    /** Adds a step; the steps of a phase run side by side. */
    on: (phase: ShutdownPhase, name: string, run: Step['run']) =>
      void steps.get(phase)?.push({ name, run }),
    /** Runs all phases once; further calls join the first. Resolves to whether every step succeeded. */
    run: (reason: string) => {
      running ??= runAll(reason);
      return running;
    },
  };
}

async function runStep(
  logger: Logger,
  phase: ShutdownPhase,
  step: Step,
  timeoutMs: number,
): Promise<boolean> {
  const message = `Expected \`${step.name}\` to end within ${Math.round(timeoutMs)} ms.`;
  try {
    await withTimeout<unknown>(step.run, timeoutMs, message);
    return true;
  } catch (error) {
    const fields = { phase, step: step.name, err: error };
    logger.error({ event: 'shutdown_step_failed', ...fields }, 'shutdown step failed');
    return false;
  }
}

/** Shuts down at SIGTERM and SIGINT, and after an uncaught error. */
export function shutDownOnSignals(shutdown: Shutdown, logger: Logger): void {
  const end = (reason: string, exitCode: number) => {
    void shutdown.run(reason).then((isClean) => process.exit(isClean ? exitCode : 1));
  };
  process.once('SIGTERM', () => end('SIGTERM', 0));
  process.once('SIGINT', () => end('SIGINT', 0));
  for (const reason of ['uncaughtException', 'unhandledRejection'] as const) {
    process.once(reason, (error: unknown) => {
      logger.fatal({ event: 'process_crashed', reason, err: error }, 'process crashed');
      end(reason, 1);
    });
  }
}
