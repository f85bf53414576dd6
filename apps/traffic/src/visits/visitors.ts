import type { Common } from '../common.ts';
import { createRandom } from '../random.ts';
import { chooseScenario, costlyScenarios, ordering, type Scenario } from './scenarios.ts';
import type { Visit } from './visit.ts';

/** While `isOrdering` is false, who would order looks at a menu. */
export function createVisitors(
  { configuration, metrics, log, now }: Common,
  visit: Visit,
  isOrdering: () => boolean,
) {
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

  /** Counts visits that were due and not started. */
  function shed(amount: number): void {
    shedVisits.add(amount);
    log('warn', 'traffic_visit_shed', 'visit shed', { in_flight: inFlight.size });
  }

  /** Replaces a scenario that is over its limit, or orders while nobody does, by `menu`. */
  function affordable(scenario: Scenario): Scenario {
    if (ordering.includes(scenario) && !isOrdering()) return 'menu';
    const everyMs = costlyScenarios.get(scenario);
    if (everyMs === undefined) return scenario;
    if (now() < (affordableAtMs.get(scenario) ?? 0)) return 'menu';
    affordableAtMs.set(scenario, now() + everyMs);
    return scenario;
  }

  return {
    shed,
    /** Starts a visit, unless too many are in flight; never waits or throws. */
    arrive(): void {
      const random = createRandom(seed, count);
      count += 1;
      if (inFlight.size >= maxInFlight) {
        shed(1);
        return;
      }
      const scenario = affordable(chooseScenario(random, wrongShare, rareFactor));
      const visiting = visit(scenario, random).then((result) => {
        ended.increment({ scenario, result });
        inFlight.delete(visiting);
      });
      inFlight.add(visiting);
    },
    /** Resolves when all visits have ended. */
    async left() {
      await Promise.all(inFlight);
    },
  };
}
