import { ConnectionLostError, InjectedFaultError, inTransaction } from '@watchkeeper/galley';
import { instrumentHandler, type Telemetry } from '@watchkeeper/telemetry';
import type { ClientBase, PoolClient } from 'pg';
import { workerMetrics } from '../catalogue.ts';
import type { WorkerFaults } from '../faults.ts';
import { type RetrySchedule, retryDelayMs } from '../retries/schedule.ts';
import { errorText, NonRetryableError } from '../sending/errors.ts';
import type { Handler, OutboxEvent } from './event.ts';
import {
  type ClaimedEvent,
  type Handling,
  type HandlingFailure,
  markHandled,
  postpone,
  recordFailure,
} from './store.ts';

export interface HandlingOptions {
  readonly handlers: readonly Handler[];
  readonly faults: WorkerFaults;
  readonly schedule: RetrySchedule;
}

/** The two connections of a batch. */
export interface BatchClients {
  /** Holds the locks, and records the outcomes. */
  readonly claimer: PoolClient;
  /** For the handlers' transactions. */
  readonly worker: PoolClient;
}

/** Creates the function that runs the due handlers of an event; it resolves to whether all are done. */
export function createEventHandling(
  { handlers, faults, schedule }: HandlingOptions,
  telemetry: Telemetry,
) {
  const reportDead = createDeadReport(telemetry);
  const all = handlers.map((handler) => ({
    ...handler,
    handleOnce: createHandleOnce(handler, faults, telemetry),
  }));

  /** Resolves to the error of a failure. */
  async function attempt(
    { name, handleOnce }: (typeof all)[number],
    event: ClaimedEvent,
    earlierFailures: number,
    { claimer, worker }: BatchClients,
  ): Promise<string | undefined> {
    const failures = earlierFailures + 1;
    try {
      await handleOnce({ ...event, attempt: failures }, worker);
      return undefined;
    } catch (error) {
      // It is unknown whether the transaction was committed; the next batch finds out.
      if (error instanceof ConnectionLostError) throw error;
      const delayMs =
        error instanceof NonRetryableError ? undefined : retryDelayMs(schedule, failures);
      const failure = { handler: name, failures, retryDelayMs: delayMs, error: errorText(error) };
      await recordFailure(claimer, event, failure);
      if (delayMs === undefined) reportDead(event, failure);
      return failure.error;
    }
  }

  return async (
    event: ClaimedEvent,
    handlings: readonly Handling[],
    clients: BatchClients,
  ): Promise<boolean> => {
    let isDone = true;
    let lastError: string | undefined;
    for (const { handler, state, failures } of plan(all, event, handlings)) {
      if (state === 'handled') continue;
      const error = state === 'due' ? await attempt(handler, event, failures, clients) : undefined;
      lastError = error ?? lastError;
      isDone &&= state === 'due' && error === undefined;
    }
    if (!isDone) await postpone(clients.claimer, event, lastError);
    return isDone;
  };
}

/**
 * The state of each handler of an event. If none is pending, the event has been redriven, and its
 * dead handlers restart with no failures.
 */
function plan<H extends Handler>(
  handlers: readonly H[],
  event: ClaimedEvent,
  handlings: readonly Handling[],
) {
  const past = new Map(handlings.map((handling) => [handling.handler, handling]));
  const steps = handlers
    .filter(({ isFor }) => isFor(event.type))
    .map((handler) => {
      const { state = 'due' as const, failures = 0 } = past.get(handler.name) ?? {};
      return { handler, state, failures };
    });
  const isRedriven = steps.every(({ state }) => state === 'handled' || state === 'dead');
  if (!isRedriven) return steps;
  return steps.map((step) =>
    step.state === 'dead' ? { ...step, state: 'due' as const, failures: 0 } : step,
  );
}

function createDeadReport({ declareMetrics, logger }: Telemetry) {
  const deadLettered = declareMetrics(workerMetrics).counter('events_dead_lettered_total');
  return (event: ClaimedEvent, { handler, failures }: HandlingFailure): void => {
    deadLettered.increment({ event_type: event.type, handler });
    const fields = { event_id: event.id, event_type: event.type, handler, failures };
    logger.error({ event: 'outbox_event_dead', ...fields }, 'outbox event dead-lettered');
  };
}

/** Makes a handler idempotent: an event takes effect once, however many workers attempt it. */
export function createHandleOnce(
  { name, handle }: Handler,
  faults: WorkerFaults,
  telemetry: Telemetry,
) {
  const handleOnce = (event: OutboxEvent, client: ClientBase): Promise<void> =>
    inTransaction(client, async () => {
      if (!(await markHandled(client, event.id, name))) return;
      await handle(event, client);
      const fault = faults.get('failingHandlers');
      const isAffected = fault !== undefined && (fault.handler ?? name) === name;
      // After the effect, so that the drill shows its rollback.
      if (isAffected && Math.random() < fault.share) {
        throw new InjectedFaultError('The fault `failingHandlers` is injected.');
      }
    });
  return instrumentHandler(handleOnce, telemetry, { name });
}
