/** How a dependency is; a degraded one leaves the service ready. */
export type DependencyStatus = 'up' | 'degraded' | 'down';

/** The answer of one check. */
export interface CheckResult {
  readonly status: DependencyStatus;
  readonly duration_ms: number;
  readonly message?: string;
}

/** The answer of `/ready`. */
export interface ReadinessReport {
  readonly status: DependencyStatus;
  readonly timestamp: string;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** A pool's figures as `/health/pool` answers them. */
export interface PoolReport {
  readonly totalConnections: number;
  readonly idleConnections: number;
  readonly activeConnections: number;
  readonly waitingRequests: number;
  readonly maxConnections: number;
  /** Active of maximum, 0 to 1. */
  readonly utilization: number;
}

/** The dependencies of a service and how to ask after them. */
export interface Health {
  /**
   * Adds a dependency. The check resolves when it is well and rejects when not; without it a
   * critical one turns readiness, another one only degrades it.
   */
  addCheck(name: string, options: { isCritical: boolean }, check: () => Promise<unknown>): void;
  addPool(name: string, read: () => PoolReport): void;
  /** From now on `/ready` answers 503, so that no new requests are sent here. */
  stop(): void;
  ready(): Promise<ReadinessReport>;
  check(name: string): Promise<CheckResult | undefined>;
  pools(): Readonly<Record<string, PoolReport>>;
}

interface Check {
  readonly isCritical: boolean;
  readonly run: () => Promise<unknown>;
}

/** Makes an empty list of dependencies; a check that takes over `timeoutMs` counts as failed. */
export function createHealth(timeoutMs = 2_000): Health {
  const checks = new Map<string, Check>();
  const poolReaders = new Map<string, () => PoolReport>();
  let isStopping = false;

  return {
    addCheck: (name, { isCritical }, run) => void checks.set(name, { isCritical, run }),
    addPool: (name, read) => void poolReaders.set(name, read),
    stop: () => {
      isStopping = true;
    },
    async ready() {
      const results = await Promise.all(
        [...checks].map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const),
      );
      const statuses = results.map(([, { status }]) => status);
      const status = isStopping ? 'down' : worst(statuses);
      return { status, timestamp: new Date().toISOString(), checks: Object.fromEntries(results) };
    },
    async check(name) {
      const check = checks.get(name);
      return check === undefined ? undefined : runCheck(check, timeoutMs);
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
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs);
  });
  const elapsed = () => Math.round((performance.now() - startedAt) * 100) / 100;
  try {
    await Promise.race([run(), timeout]);
    return { status: 'up', duration_ms: elapsed() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: isCritical ? 'down' : 'degraded', duration_ms: elapsed(), message };
  } finally {
    clearTimeout(timer);
  }
}
