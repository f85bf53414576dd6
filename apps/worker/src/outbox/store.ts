import { execute, queryRow, queryRows } from '@watchkeeper/galley';
import type { OutboxBacklog } from '@watchkeeper/telemetry';
import type { ClientBase, Pool } from 'pg';
import type { HandlerName, OutboxEvent } from './event.ts';

/** An event locked by this worker until its transaction ends. */
export interface ClaimedEvent extends OutboxEvent {
  /** `events.outbox.id`. */
  readonly rowId: string;
}

export interface Handling {
  readonly handler: HandlerName;
  readonly failures: number;
  /** `waiting` has a retry scheduled later, `due` now. */
  readonly state: 'handled' | 'dead' | 'waiting' | 'due';
}

export interface HandlingFailure {
  readonly handler: HandlerName;
  readonly failures: number;
  /** Until the next attempt; nothing if the event is dead for the handler. */
  readonly retryDelayMs: number | undefined;
  readonly error: string;
}

/** Locks up to `limit` due events, and skips those locked by another worker. */
export function claimEvents(client: ClientBase, limit: number): Promise<ClaimedEvent[]> {
  return queryRows<ClaimedEvent>(client)`
    SELECT id AS "rowId", event_id AS id, event_type AS type, aggregate_id AS "aggregateId",
      payload, trace_context AS context, created_at AS "createdAt"
    FROM events.outbox o
    WHERE processed_at IS NULL AND dead_at IS NULL AND available_at <= now()
    ORDER BY available_at, o.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
}

/** The handlings of these events, by event id. */
export async function readHandlings(
  client: ClientBase,
  events: readonly OutboxEvent[],
): Promise<ReadonlyMap<string, readonly Handling[]>> {
  const rows = await queryRows<Handling & { eventId: string }>(client)`
    SELECT event_id AS "eventId", handler, failures,
      CASE WHEN handled_at IS NOT NULL THEN 'handled' WHEN dead_at IS NOT NULL THEN 'dead'
        WHEN retry_at > now() THEN 'waiting' ELSE 'due' END AS state
    FROM handlings.handlings WHERE event_id = ANY(${events.map(({ id }) => id)})`;
  return Map.groupBy(rows, ({ eventId }) => eventId);
}

/**
 * Records, in the transaction of its effect, that a handler has handled an event.
 * @returns false if that is recorded already: then there must be no effect
 */
export async function markHandled(client: ClientBase, eventId: string, handler: HandlerName) {
  const changed = await execute(client)`
    INSERT INTO handlings.handlings AS known (event_id, handler, handled_at)
    VALUES (${eventId}, ${handler}, now())
    ON CONFLICT (event_id, handler) DO UPDATE SET handled_at = now(), dead_at = NULL
    WHERE known.handled_at IS NULL`;
  return changed === 1;
}

/** Ends the events that every handler has handled. */
export async function markProcessed(client: ClientBase, rowIds: readonly string[]): Promise<void> {
  await execute(client)`
    UPDATE events.outbox SET processed_at = clock_timestamp(), attempts = attempts + 1
    WHERE id = ANY(${rowIds})`;
}

export async function recordFailure(
  client: ClientBase,
  { id }: ClaimedEvent,
  { handler, failures, retryDelayMs, error }: HandlingFailure,
): Promise<void> {
  await execute(client)`
    INSERT INTO handlings.handlings AS known
      (event_id, handler, failures, retry_at, dead_at, last_error)
    VALUES (${id}, ${handler}, ${failures},
      clock_timestamp() + make_interval(secs => ${retryDelayMs ?? 0} / 1000.0),
      CASE WHEN ${retryDelayMs === undefined} THEN clock_timestamp() END, ${error})
    ON CONFLICT (event_id, handler) DO UPDATE SET failures = excluded.failures,
      retry_at = excluded.retry_at, dead_at = excluded.dead_at, last_error = excluded.last_error
    WHERE known.handled_at IS NULL`;
}

/** Schedules the event for its next due handler, or marks it dead if there is none. */
export async function postpone(
  client: ClientBase,
  { id, rowId }: ClaimedEvent,
  error: string | undefined,
): Promise<void> {
  await execute(client)`
    UPDATE events.outbox SET attempts = attempts + 1,
      last_error = COALESCE(${error}, last_error),
      available_at = COALESCE(waiting.retry_at, available_at),
      dead_at = CASE WHEN waiting.retry_at IS NULL THEN clock_timestamp() END
    FROM (
      SELECT min(retry_at) AS retry_at FROM handlings.handlings
      WHERE event_id = ${id} AND handled_at IS NULL AND dead_at IS NULL
    ) AS waiting
    WHERE id = ${rowId}`;
}

/** Pending events, without the dead ones. */
export async function readBacklog(pool: Pool): Promise<OutboxBacklog> {
  const row = await queryRow<{ pending: number; age: number | null }>(pool)`
    SELECT count(*)::integer AS pending,
      extract(epoch FROM now() - min(created_at))::float AS age
    FROM events.outbox WHERE processed_at IS NULL AND dead_at IS NULL`;
  return { pending: row?.pending ?? 0, oldestAgeSeconds: row?.age ?? 0 };
}
