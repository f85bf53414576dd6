import { setTimeout as sleep } from 'node:timers/promises';
import { queryRows, sql } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { createViolationReport } from './ledger.ts';

interface Violation {
  readonly postingId: string;
  readonly paymentId: string | null;
  readonly sumCents: number;
}

/** The first check reads the whole ledger, later ones the new entries and the unrepaired postings. */
export function createLedgerAudit(pool: Pool, telemetry: Telemetry) {
  const violations = createViolationReport(telemetry);
  let open: ReadonlySet<string> | undefined;

  return {
    /** Counts every unbalanced posting and logs each once. */
    async check(): Promise<readonly Violation[]> {
      const found = await findViolations(pool, open && [...open]);
      for (const { postingId, paymentId, sumCents } of found) {
        violations.count();
        if (!open?.has(postingId)) violations.log(postingId, paymentId, sumCents);
      }
      open = new Set(found.map(({ postingId }) => postingId));
      return found;
    },
  };
}

// Longer than any transaction, so that no commit is missed.
const overlapMinutes = 15;
// Enough to alert; the runbook's query lists them all.
const maxFound = 100;

/** @param open the unrepaired postings; absent to read the whole ledger */
function findViolations(pool: Pool, open?: readonly string[]): Promise<readonly Violation[]> {
  // Complete postings: a corrected one has entries on both sides of the bound.
  const recentOrOpen = sql`WHERE posting_id = ANY (ARRAY(
    SELECT posting_id FROM ledger.entries
      WHERE created_at >= now() - make_interval(mins => ${overlapMinutes})
    UNION SELECT unnest(${open}::uuid[])))`;
  return queryRows<Violation>(pool)`
    SELECT posting_id AS "postingId", min(payment_id::text) AS "paymentId",
      sum(amount_cents)::float8 AS "sumCents"
    FROM ledger.entries ${open === undefined ? sql`` : recentOrOpen}
    GROUP BY posting_id HAVING sum(amount_cents) <> 0 LIMIT ${maxFound}`;
}

// A third of the usual scrape interval, so that no scrape misses a finding.
const defaultIntervalMs = 5_000;

/** Checks the ledger at intervals until the shutdown. */
export function watchLedger(
  pool: Pool,
  telemetry: Telemetry,
  { intervalMs = defaultIntervalMs } = {},
): void {
  const { logger, shutdown } = telemetry;
  const audit = createLedgerAudit(pool, telemetry);
  const stopping = new AbortController();

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await audit.check().catch((error: unknown) => {
        logger.warn({ event: 'ledger_audit_failed', err: error }, 'ledger not checked');
      });
      // Aborting only cuts the sleep short; the loop's condition ends the watch.
      await sleep(intervalMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
    }
  }

  const watching = watch();
  shutdown.on('drain', 'ledger audit', () => {
    stopping.abort();
    return watching;
  });
}
