import type { Telemetry } from '@watchkeeper/telemetry';
import { trafficMetrics } from '../catalogue.ts';
import type { Configuration } from '../config.ts';
import { createRandom } from '../random.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { chooseScenario } from './scenarios.ts';
import { createVisit } from './visit.ts';

/** What visitors need. */
export interface VisitorDependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly log: ThrottledLog;
  readonly newId: () => string;
}

/** Those who are visiting now. */
export interface Visitors {
  /** Lets one more in, if there is room; never waits and never throws. */
  arrive(): void;
  /** Counts visits that were due and never began. */
  shed(count: number): void;
  /** Resolves when all have left; those who take longer than `patienceMs` are sent away. */
  leave(patienceMs: number): Promise<void>;
}

/** Makes the visitors of one target. */
export function createVisitors(dependencies: VisitorDependencies): Visitors {
  const { configuration, telemetry, log } = dependencies;
  const metrics = telemetry.declareMetrics(trafficMetrics);
  const inFlightGauge = metrics.gauge('traffic_visits_in_flight');
  const shedVisits = metrics.counter('traffic_visits_shed_total');
  const ended = metrics.counter('traffic_visits_total');
  const visit = createVisit({ ...dependencies, metrics });
  const inFlight = new Set<Promise<void>>();
  const closing = new AbortController();
  let count = 0;
  inFlightGauge.collect(() => inFlightGauge.set(inFlight.size));
  // Present from the start, so that a rate of sheds is 0 and not absent.
  shedVisits.add(0);

  function shed(amount: number): void {
    shedVisits.add(amount);
    log('warn', 'traffic_visit_shed', 'visit shed', { in_flight: inFlight.size });
  }

  return {
    shed,
    arrive() {
      const random = createRandom(configuration.seed, count);
      count += 1;
      if (inFlight.size >= configuration.maxInFlight) return shed(1);
      const scenario = chooseScenario(random, configuration.wrongShare);
      const visiting = visit(scenario, random, closing.signal).then((result) => {
        ended.increment({ scenario, result });
        inFlight.delete(visiting);
      });
      inFlight.add(visiting);
      return undefined;
    },
    async leave(patienceMs) {
      const timer = setTimeout(() => closing.abort(), patienceMs);
      await Promise.all(inFlight);
      clearTimeout(timer);
    },
  };
}
