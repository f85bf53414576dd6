import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { type Loop, startLoop } from './running/loop.ts';

// Small portions: none of them holds its locks for long.
const portion = 1_000;
const intervalMs = 60_000;

const deletions = [
  // Only the oldest rows are looked at, so that no index on the time of processing is needed. Those
  // that wait or are dead stay, and must not be all that is looked at.
  `WITH old AS (
     DELETE FROM events.outbox WHERE processed_at < now() - make_interval(hours => $1) AND id IN (
       SELECT id FROM events.outbox WHERE processed_at IS NOT NULL ORDER BY id LIMIT ${portion}
     ) RETURNING event_id
   ) DELETE FROM handlings.handlings WHERE event_id IN (SELECT event_id FROM old)`,
  ...['notifications.messages', 'webhooks.deliveries'].map(
    (table) => `DELETE FROM ${table} WHERE id IN (
       SELECT id FROM ${table} WHERE status = 'done'
         AND finished_at < now() - make_interval(hours => $1) ORDER BY finished_at LIMIT ${portion}
     )`,
  ),
];

/** Removes what was done with longer ago than `hours`; what is dead stays. */
export function startRetention(pool: Pool, hours: number, telemetry: Telemetry): Loop {
  return startLoop(
    {
      name: 'retention',
      idleMs: intervalMs,
      async run() {
        const counts: number[] = [];
        for (const deletion of deletions) {
          const { rowCount } = await pool.query(deletion, [hours]);
          counts.push(rowCount ?? 0);
        }
        return counts.some((count) => count >= portion);
      },
    },
    telemetry,
  );
}
