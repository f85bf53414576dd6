import type { EventContext, OutboxBacklog } from '@watchkeeper/telemetry';
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

interface OutboxRow {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_id: string;
  readonly payload: unknown;
  readonly trace_context: EventContext;
  readonly created_at: Date;
}

/** Locks up to `limit` due events, and skips those locked by another worker. */
export async function claimEvents(client: ClientBase, limit: number): Promise<ClaimedEvent[]> {
  const { rows } = await client.query<OutboxRow>(
    `SELECT id, event_id, event_type, aggregate_id, payload, trace_context, created_at
     FROM events.outbox
     WHERE processed_at IS NULL AND dead_at IS NULL AND available_at <= now()
     ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows.map((row) => ({
    rowId: row.id,
    id: row.event_id,
    type: row.event_type,
    aggregateId: row.aggregate_id,
    payload: row.payload,
    context: row.trace_context,
    createdAt: row.created_at,
  }));
}

/** The handlings of these events, by event id. */
export async function readHandlings(
  client: ClientBase,
  events: readonly OutboxEvent[],
): Promise<ReadonlyMap<string, readonly Handling[]>> {
  const { rows } = await client.query<Handling & { eventId: string }>(
    `SELECT event_id AS "eventId", handler, failures,
       CASE WHEN handled_at IS NOT NULL THEN 'handled' WHEN dead_at IS NOT NULL THEN 'dead'
         WHEN retry_at > now() THEN 'waiting' ELSE 'due' END AS state
     FROM handlings.handlings WHERE event_id = ANY($1)`,
    [events.map(({ id }) => id)],
  );
  return Map.groupBy(rows, ({ eventId }) => eventId);
}

/**
 * Records, in the transaction of its effect, that a handler has handled an event.
 * @returns false if that is recorded already: then there must be no effect
 */
export async function markHandled(client: ClientBase, eventId: string, handler: HandlerName) {
  const { rowCount } = await client.query(
    `INSERT INTO handlings.handlings AS known (event_id, handler, handled_at)
     VALUES ($1, $2, now())
     ON CONFLICT (event_id, handler) DO UPDATE SET handled_at = now(), dead_at = NULL
     WHERE known.handled_at IS NULL`,
    [eventId, handler],
  );
  return rowCount === 1;
}

/** Ends the events that every handler has handled. */
export async function markProcessed(client: ClientBase, rowIds: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE events.outbox SET processed_at = clock_timestamp(), attempts = attempts + 1
     WHERE id = ANY($1)`,
    [rowIds],
  );
}

export async function recordFailure(
  client: ClientBase,
  { id }: ClaimedEvent,
  { handler, failures, retryDelayMs, error }: HandlingFailure,
): Promise<void> {
  await client.query(
    `INSERT INTO handlings.handlings AS known
       (event_id, handler, failures, retry_at, dead_at, last_error)
     VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4 / 1000.0),
       CASE WHEN $5 THEN clock_timestamp() END, $6)
     ON CONFLICT (event_id, handler) DO UPDATE SET failures = excluded.failures,
       retry_at = excluded.retry_at, dead_at = excluded.dead_at, last_error = excluded.last_error
     WHERE known.handled_at IS NULL`,
    [id, handler, failures, retryDelayMs ?? 0, retryDelayMs === undefined, error],
  );
}

/** Schedules the event for its next due handler, or marks it dead if there is none. */
export async function postpone(
  client: ClientBase,
  { id, rowId }: ClaimedEvent,
  error: string | undefined,
): Promise<void> {
  await client.query(
    `UPDATE events.outbox SET attempts = attempts + 1, last_error = COALESCE($3, last_error),
       available_at = COALESCE(waiting.retry_at, available_at),
       dead_at = CASE WHEN waiting.retry_at IS NULL THEN clock_timestamp() END
     FROM (
       SELECT min(retry_at) AS retry_at FROM handlings.handlings
       WHERE event_id = $1 AND handled_at IS NULL AND dead_at IS NULL
     ) AS waiting
     WHERE id = $2`,
    [id, rowId, error ?? null],
  );
}

/** Pending events, without the dead ones. */
export async function readBacklog(pool: Pool): Promise<OutboxBacklog> {
  const { rows } = await pool.query<{ pending: number; age: number | null }>(
    `SELECT count(*)::integer AS pending,
       extract(epoch FROM now() - min(created_at))::float AS age
     FROM events.outbox WHERE processed_at IS NULL AND dead_at IS NULL`,
  );
  return { pending: rows[0]?.pending ?? 0, oldestAgeSeconds: rows[0]?.age ?? 0 };
}
