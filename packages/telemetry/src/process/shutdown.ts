import type { Logger } from '../logging/logger.ts';
import { withTimeout } from '../operations/with-timeout.ts';

/** The phases of a shutdown, in their order. */
export const shutdownPhases = [
  'announce',
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
  /** Gets its share of the time in milliseconds. */
  readonly run: (timeoutMs: number) => Promise<unknown> | unknown;
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
      // Each phase gets an equal share of the remaining time, so that later ones always have some;
      // the first gets half of all, for the grace that the configuration bounds.
      const left = deadlineMs * (1 - logsShare) - elapsed();
      const phasesLeft = phase === 'announce' ? 2 : shutdownPhases.length - index;
      const share = Math.max(left / phasesLeft, 1);
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
    await withTimeout<unknown>(() => step.run(timeoutMs), timeoutMs, message);
    return true;
  } catch (error) {
    const fields = { phase, step: step.name, err: error };
    logger.error({ event: 'shutdown_step_failed', ...fields }, 'shutdown step failed');
    return false;
  }
}
