import { isNativeError } from 'node:util/types';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { workerMetrics } from '../catalogue.ts';
import { retryDelayMs } from '../retries/schedule.ts';
import { ConnectionLostError } from '../running/transaction.ts';
import type { ConsumerOptions } from './consumer.ts';
import { type Handler, UnusableEventError } from './event.ts';
import { createHandleOnce } from './handling.ts';
import {
  type ClaimedEvent,
  type Handling,
  type HandlingFailure,
  postpone,
  recordFailure,
} from './store.ts';

/** The connections of a batch. */
interface Clients {
  /** Holds the locks, and takes what has become of the events. */
  readonly claimer: PoolClient;
  /** For the transactions of the handlers. */
  readonly worker: PoolClient;
}

/**
 * Has all handlers that are due take an event.
 * @returns whether every handler has handled it
 */
export type HandleEvent = (
  event: ClaimedEvent,
  handlings: readonly Handling[],
  clients: Clients,
) => Promise<boolean>;

// A message of the database may quote a whole row.
const maxErrorLength = 500;

/** Makes the part of the consumer that has to do with one event. */
export function createEventHandling(
  { handlers, faults, schedule }: Pick<ConsumerOptions, 'handlers' | 'faults' | 'schedule'>,
  telemetry: Telemetry,
): HandleEvent {
  const reportDeath = createDeathReport(telemetry);
  const all = handlers.map((handler) => ({
    ...handler,
    handleOnce: createHandleOnce(handler, faults, telemetry),
  }));

  /** Resolves to what went wrong. */
  async function attempt(
    { name, handleOnce }: (typeof all)[number],
    event: ClaimedEvent,
    earlierFailures: number,
    { claimer, worker }: Clients,
  ): Promise<string | undefined> {
    const failures = earlierFailures + 1;
    try {
      await handleOnce({ ...event, attempt: failures }, worker);
      return undefined;
    } catch (error) {
      // Whether it has happened is not known; the next batch finds out.
      if (error instanceof ConnectionLostError) throw error;
      const delayMs =
        error instanceof UnusableEventError ? undefined : retryDelayMs(schedule, failures);
      const failure = { handler: name, failures, retryDelayMs: delayMs, error: textOf(error) };
      await recordFailure(claimer, event, failure);
      if (delayMs === undefined) reportDeath(event, failure);
      return failure.error;
    }
  }

  return async (event, handlings, clients) => {
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

interface Step<H> extends Pick<Handling, 'state' | 'failures'> {
  readonly handler: H;
}

/**
 * What each handler that an event concerns has to do with it. An event that comes although no handler
 * waits for it was taken up again: those that had given it up begin anew.
 */
function plan<H extends Handler>(
  handlers: readonly H[],
  event: ClaimedEvent,
  handlings: readonly Handling[],
): readonly Step<H>[] {
  const past = new Map(handlings.map((handling) => [handling.handler, handling]));
  const steps = handlers
    .filter(({ isFor }) => isFor(event.type))
    .map((handler) => {
      const { state = 'due' as const, failures = 0 } = past.get(handler.name) ?? {};
      return { handler, state, failures };
    });
  const isTakenUpAgain = steps.every(({ state }) => state === 'handled' || state === 'dead');
  if (!isTakenUpAgain) return steps;
  return steps.map((step) =>
    step.state === 'dead' ? { ...step, state: 'due' as const, failures: 0 } : step,
  );
}

function createDeathReport({ declareMetrics, logger }: Telemetry) {
  const deaths = declareMetrics(workerMetrics).counter('events_dead_lettered_total');
  return (event: ClaimedEvent, { handler, failures }: HandlingFailure): void => {
    deaths.increment({ event_type: event.type, handler });
    const fields = { event_id: event.id, event_type: event.type, handler, failures };
    logger.error({ event: 'outbox_event_dead', ...fields }, 'outbox event given up');
  };
}

function textOf(error: unknown): string {
  const text = isNativeError(error) ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, maxErrorLength);
}
