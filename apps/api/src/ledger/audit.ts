import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { apiMetrics } from '../catalogue.ts';

export interface Violation {
  readonly postingId: string;
  readonly paymentId: string | null;
  readonly sumCents: number;
}

// Longer than any transaction, so that no commit is missed.
const overlapMinutes = 15;

/**
 * The first check reads the whole ledger, later ones the new entries and the unrepaired postings.
 */
export function createLedgerAudit(pool: Pool, telemetry: Telemetry) {
  const { declareMetrics, logger } = telemetry;
  const violations = declareMetrics(apiMetrics).counter('ledger_invariant_violations_total');
  let open = new Set<string>();
  let isFirst = true;

  return {
    /** Counts every unbalanced posting and logs each once. */
    async check(): Promise<readonly Violation[]> {
      const recent = isFirst ? undefined : { minutes: overlapMinutes, open: [...open] };
      const found = await findViolations(pool, recent);
      for (const { postingId, paymentId, sumCents } of found) {
        violations.increment();
        if (open.has(postingId)) continue;
        const fields = { posting_id: postingId, sum_actual: sumCents, sum_expected: 0 };
        logger.error(
          { event: 'ledger_invariant_violated', payment_id: paymentId, ...fields },
          'ledger posting out of balance',
        );
      }
      open = new Set(found.map(({ postingId }) => postingId));
      isFirst = false;
      return found;
    },
  };
}

// Enough to alert; the runbook's query lists them all.
const maxFound = 100;

// Complete postings: a corrected one has entries on both sides of the bound.
const recentOrOpen = `WHERE posting_id = ANY (ARRAY(
  SELECT posting_id FROM ledger.entries WHERE created_at >= now() - make_interval(mins => $1)
  UNION SELECT unnest($2::uuid[])))`;

/** @param recent absent to read the whole ledger */
async function findViolations(
  pool: Pool,
  recent?: { readonly minutes: number; readonly open: readonly string[] },
) {
  const { rows } = await pool.query<Violation>(
    `SELECT posting_id AS "postingId", min(payment_id::text) AS "paymentId",
       sum(amount_cents)::float8 AS "sumCents"
     FROM ledger.entries ${recent ? recentOrOpen : ''}
     GROUP BY posting_id HAVING sum(amount_cents) <> 0 LIMIT ${maxFound}`,
    recent && [recent.minutes, recent.open],
  );
  return rows;
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
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function checkAndWait(): Promise<void> {
    try {
      await audit.check();
    } catch (error) {
      logger.warn({ event: 'ledger_audit_failed', err: error }, 'ledger not checked');
    }
    if (!isStopped) timer = setTimeout(next, intervalMs).unref();
  }

  let checking = checkAndWait();
  function next(): void {
    checking = checkAndWait();
  }
  shutdown.on('drain', 'ledger audit', () => {
    isStopped = true;
    clearTimeout(timer);
    return checking;
  });
}
