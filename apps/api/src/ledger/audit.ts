import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { apiMetrics } from '../catalogue.ts';

export interface Violation {
  readonly postingId: string;
  readonly paymentId: string | null;
  readonly sumCents: number;
}

export interface LedgerAudit {
  /** Counts every unbalanced posting and logs each once. */
  check(): Promise<readonly Violation[]>;
}

// Longer than any transaction lives, so that none commits behind the check's back.
const overlapMinutes = 15;

/**
 * Makes the audit. Its first check reads the whole ledger, later ones what is new since and what was
 * found before, until that is repaired.
 */
export function createLedgerAudit(pool: Pool, telemetry: Telemetry): LedgerAudit {
  const { declareMetrics, logger } = telemetry;
  const violations = declareMetrics(apiMetrics).counter('ledger_invariant_violations_total');
  let open = new Set<string>();
  let isFirst = true;

  return {
    async check() {
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

// Enough to say that the ledger is wrong; the runbook's query lists them all.
const maxFound = 100;

// Whole postings: one that was corrected has entries on both sides of the bound.
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

// A third of the usual scrape interval, so that no scrape misses what a check has found.
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
