import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { type Loop, startLoop } from './running/loop.ts';

// Small portions, so that none holds its locks for long.
const portion = 1_000;
const intervalMs = 60_000;

const deletions = [
  // Scans only the oldest processed rows, so that no index on `processed_at` is needed. Pending and
  // dead rows stay, and must not fill the whole scan.
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

/** Starts the deletion of what was finished more than `hours` ago; dead rows stay. */
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
