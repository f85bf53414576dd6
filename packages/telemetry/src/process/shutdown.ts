import type { Logger } from '../logging/logger.ts';

/** The phases of a shutdown, in their order. */
export const shutdownPhases = [
  'stop-accepting',
  'drain',
  'close-stores',
  'flush-telemetry',
] as const;

/** One of the phases. */
export type ShutdownPhase = (typeof shutdownPhases)[number];

/** An orderly end within a deadline. */
export interface Shutdown {
  /** Adds a step; the steps of a phase run side by side. */
  on(phase: ShutdownPhase, name: string, step: () => Promise<unknown> | unknown): void;
  /** Runs all phases once; further calls join the first. Resolves to whether all went well. */
  run(reason: string): Promise<boolean>;
}

// Lines are at hand and a disk is fast; of the usual ten seconds this is one.
const logsShare = 0.1;

interface Step {
  readonly name: string;
  readonly run: () => Promise<unknown> | unknown;
}

/**
 * Makes a shutdown whose phases share one deadline: what is late is left, named in the log, so
 * that a hanging store can't keep the telemetry from being flushed. The logs are closed last, when
 * there is nothing left to say.
 */
export function createShutdown(
  logger: Logger,
  deadlineMs: number,
  closeLogs: () => Promise<void>,
): Shutdown {
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
      // Each phase may take its share of what is left, so that the later ones always get theirs.
      const left = deadlineMs * (1 - logsShare) - elapsed();
      const share = Math.max(left / (shutdownPhases.length - index), 1);
      const isPhaseClean = await runPhase(logger, phase, steps.get(phase) ?? [], share);
      isClean &&= isPhaseClean;
      phases[phase] = Math.round(performance.now() - phaseStartedAt);
    }
    const fields = { reason, duration_ms: Math.round(elapsed()), phases };
    logger.info({ event: 'server_stopped', ...fields }, 'server stopped');
    const logs = { name: 'logs', run: closeLogs };
    const isClosed = await runStep(logger, 'flush-telemetry', logs, deadlineMs - elapsed());
    return isClosed && isClean;
  }

  return {
    on: (phase, name, run) => void steps.get(phase)?.push({ name, run }),
    run: (reason) => {
      running ??= runAll(reason);
      return running;
    },
  };
}

async function runPhase(
  logger: Logger,
  phase: ShutdownPhase,
  steps: readonly Step[],
  timeoutMs: number,
): Promise<boolean> {
  const results = await Promise.all(steps.map((step) => runStep(logger, phase, step, timeoutMs)));
  return results.every(Boolean);
}

async function runStep(
  logger: Logger,
  phase: ShutdownPhase,
  step: Step,
  timeoutMs: number,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`Expected \`${step.name}\` to end within ${Math.round(timeoutMs)} ms.`)),
      timeoutMs,
    );
  });
  try {
    await Promise.race([Promise.resolve().then(step.run), late]);
    return true;
  } catch (error) {
    const fields = { phase, step: step.name, err: error };
    logger.error({ event: 'shutdown_step_failed', ...fields }, 'shutdown step failed');
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the process in an orderly way at SIGTERM and SIGINT, and after a fault nobody caught. */
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
