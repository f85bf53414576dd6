import { instrumentCircuitBreaker, type Telemetry } from '@watchkeeper/telemetry';
import CircuitBreaker from 'opossum';
import { failureReasons, gatewayMetrics } from '../catalogue.ts';
import type { CircuitBreakerSettings } from '../routing/schema.ts';
import { UpstreamError } from './failures.ts';

export type Guard = ReturnType<typeof createGuard>;

type Report = ReturnType<typeof createReport>;

/** Creates the circuit breaker of an upstream's routes, or of a group of them. */
export function createGuard(
  name: string,
  settings: CircuitBreakerSettings,
  { telemetry, report }: { telemetry: Telemetry; report: Report },
) {
  const breaker = new CircuitBreaker((action: () => Promise<unknown>) => action(), {
    // Each route has its own timeout, which also aborts the request; the breaker's would not.
    timeout: false,
    errorThresholdPercentage: settings.failurePercent,
    volumeThreshold: settings.minimumRequests,
    rollingCountTimeout: settings.windowMs,
    resetTimeout: settings.openMs,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    // A caller that disconnects, or sends too much or too slowly, is no failure of the upstream.
    errorFilter: (error: unknown) => !(error instanceof UpstreamError),
  });
  instrumentCircuitBreaker(breaker, telemetry, { name });
  const message = `The circuit breaker of \`${name}\` is open.`;
  const retryAfter = String(Math.ceil(settings.openMs / 1_000));

  return {
    /** @throws UpstreamError when the upstream failed or its circuit is open */
    async run<T>(action: () => Promise<T>): Promise<T> {
      const startedAt = performance.now();
      try {
        return (await breaker.fire(action)) as T;
      } catch (error) {
        const failure = isOpenError(error)
          ? new UpstreamError('circuit_open', message, { retryAfter })
          : error;
        if (failure instanceof UpstreamError) report(failure, performance.now() - startedAt);
        throw failure;
      }
    },
    isOpen: (): boolean => breaker.opened,
    /** Whether the next request decides if the circuit closes. */
    isHalfOpen: (): boolean => breaker.halfOpen,
    stop: (): void => breaker.shutdown(),
  };
}

function isOpenError(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'EOPENBREAKER';
}

/** Creates the function that counts and logs an upstream's failures. */
export function createReport(upstream: string, { logger, declareMetrics }: Telemetry) {
  const failures = declareMetrics(gatewayMetrics).counter('gateway_upstream_failures_total');
  // So that the first failure of each reason is an increase.
  for (const reason of failureReasons) failures.add(0, { upstream, reason });
  return (failure: UpstreamError, durationMs: number): void => {
    const { reason } = failure;
    failures.increment({ upstream, reason });
    // The breaker has logged its opening.
    if (reason === 'circuit_open') return;
    const status = reason === 'status' ? { status_code: failure.statusCode } : {};
    const fields = { upstream, reason, ...status, duration_ms: Math.round(durationMs) };
    logger.warn(
      { event: 'upstream_request_failed', ...fields, err: failure },
      'upstream request failed',
    );
  };
}
