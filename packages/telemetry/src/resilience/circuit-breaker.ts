import { claimName, isFirstWrapping } from '../operations/metered.ts';
import type { Telemetry } from '../telemetry.ts';

/** The part of a circuit breaker that is metered; that of `opossum` has it. */
export interface MeterableCircuitBreaker {
  readonly opened: boolean;
  readonly halfOpen: boolean;
  on(event: 'open' | 'close', listener: () => void): unknown;
}

/**
 * Meters a circuit breaker: its state at each scrape, and a line when it opens and closes.
 * @param options `name` is the label, such as that of the guarded dependency; a constant
 * @returns the same circuit breaker
 */
export function instrumentCircuitBreaker<B extends MeterableCircuitBreaker>(
  breaker: B,
  telemetry: Telemetry,
  { name }: { readonly name: string },
): B {
  if (!isFirstWrapping(telemetry, breaker)) return breaker;
  claimName(telemetry, 'circuit breaker', name);
  const { metrics, logger } = telemetry;
  const state = metrics.gauge('circuit_breaker_state');
  state.collect(() => state.set(stateOf(breaker), { name }));
  breaker.on('open', () => {
    logger.warn({ event: 'circuit_breaker_opened', name }, 'circuit breaker opened');
  });
  breaker.on('close', () => {
    logger.info({ event: 'circuit_breaker_closed', name }, 'circuit breaker closed');
  });
  return breaker;
}

function stateOf({ opened, halfOpen }: MeterableCircuitBreaker): 0 | 1 | 2 {
  if (opened) return 2;
  return halfOpen ? 1 : 0;
}
