import type { Metrics } from '@watchkeeper/telemetry';
import type { trafficMetrics } from '../catalogue.ts';
import type { Configuration } from '../config.ts';
import { createRandom } from '../random.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { chooseScenario, costlyScenarios, type Scenario } from './scenarios.ts';
import type { Visit } from './visit.ts';

interface VisitorParts {
  readonly configuration: Configuration;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  readonly visit: Visit;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

export interface Visitors {
  /** Starts a visit, unless too many are in flight; never waits or throws. */
  arrive(): void;
  /** Counts visits that were due and not started. */
  shed(count: number): void;
  /** Resolves when all visits have ended. */
  left(): Promise<void>;
}

export function createVisitors(parts: VisitorParts): Visitors {
  const { configuration, metrics, log, visit, now } = parts;
  const { seed, wrongShare, rareFactor, maxInFlight } = configuration;
  const inFlightGauge = metrics.gauge('traffic_visits_in_flight');
  const shedVisits = metrics.counter('traffic_visits_shed_total');
  const ended = metrics.counter('traffic_visits_total');
  const inFlight = new Set<Promise<void>>();
  let count = 0;
  const affordableAtMs = new Map<Scenario, number>();
  inFlightGauge.collect(() => inFlightGauge.set(inFlight.size));
  // Initialized, so that its rate is 0 and not absent.
  shedVisits.add(0);

  function shed(amount: number): void {
    shedVisits.add(amount);
    log('warn', 'traffic_visit_shed', 'visit shed', { in_flight: inFlight.size });
  }

  /** Replaces a scenario that is over its limit by `menu`. */
  function affordable(scenario: Scenario): Scenario {
    const everyMs = costlyScenarios.get(scenario);
    if (everyMs === undefined) return scenario;
    if (now() < (affordableAtMs.get(scenario) ?? 0)) return 'menu';
    affordableAtMs.set(scenario, now() + everyMs);
    return scenario;
  }

  return {
    shed,
    arrive() {
      const random = createRandom(seed, count);
      count += 1;
      if (inFlight.size >= maxInFlight) return shed(1);
      const scenario = affordable(chooseScenario(random, wrongShare, rareFactor));
      const visiting = visit(scenario, random).then((result) => {
        ended.increment({ scenario, result });
        inFlight.delete(visiting);
      });
      inFlight.add(visiting);
      return undefined;
    },
    async left() {
      await Promise.all(inFlight);
    },
  };
}
