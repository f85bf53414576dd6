import { describeError } from '../logging/describe-error.ts';
import { claimName } from '../operations/metered.ts';
import { elapsedMs } from '../operations/outcome.ts';
import { withTimeout } from '../operations/with-timeout.ts';

/** A service with a degraded dependency is still ready. */
type DependencyStatus = 'up' | 'degraded' | 'down';

interface CheckResult {
  readonly status: DependencyStatus;
  readonly duration_ms: number;
  readonly message?: string;
}

/** The body of `/health/pool`, per pool. */
interface PoolReport {
  readonly totalConnections: number;
  readonly idleConnections: number;
  readonly activeConnections: number;
  readonly waitingRequests: number;
  readonly maxConnections: number;
  /** Active of maximum, 0 to 1. */
  readonly utilization: number;
}

interface Check {
  readonly isCritical: boolean;
  readonly run: () => Promise<unknown>;
}

export type Health = ReturnType<typeof createHealth>;

/** A check that takes over `timeoutMs` counts as failed. */
export function createHealth(timeoutMs = 2_000) {
  const checks = new Map<string, Check>();
  const poolReaders = new Map<string, () => PoolReport>();
  let isStopping = false;

  return {
    /**
     * Adds a dependency. The check rejects if it is down: then the service is not ready if the
     * dependency is critical, else degraded.
     * @throws TypeError if another dependency has that name, which it would hide
     */
    addCheck(name: string, { isCritical }: { isCritical: boolean }, run: Check['run']): void {
      claimName(checks, 'health check', name);
      checks.set(name, { isCritical, run });
    },
    /** @throws TypeError if another pool has that name, which it would hide */
    addPool(name: string, read: () => PoolReport): void {
      claimName(checks, 'pool', name);
      poolReaders.set(name, read);
    },
    /** `/ready` answers 503 from now on, so that no new requests are sent here. */
    stop(): void {
      isStopping = true;
    },
    async ready() {
      const results = await Promise.all(
        [...checks].map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const),
      );
      const status = isStopping ? 'down' : worst(results.map(([, result]) => result.status));
      return { status, timestamp: new Date().toISOString(), checks: Object.fromEntries(results) };
    },
    async check(name: string): Promise<CheckResult | undefined> {
      const check = checks.get(name);
      return check && runCheck(check, timeoutMs);
    },
    pools: () => Object.fromEntries([...poolReaders].map(([name, read]) => [name, read()])),
  };
}

function worst(statuses: readonly DependencyStatus[]): DependencyStatus {
  if (statuses.includes('down')) return 'down';
  return statuses.includes('degraded') ? 'degraded' : 'up';
}

async function runCheck({ isCritical, run }: Check, timeoutMs: number): Promise<CheckResult> {
  const startedAt = performance.now();
  try {
    await withTimeout(run, timeoutMs, `No answer within ${timeoutMs} ms.`);
    return { status: 'up', duration_ms: elapsedMs(startedAt) };
  } catch (error) {
    const { message } = describeError(error);
    return { status: isCritical ? 'down' : 'degraded', duration_ms: elapsedMs(startedAt), message };
  }
}
