import type { ManagementHandler, Telemetry } from '@watchkeeper/telemetry';
import { trafficMetrics } from './catalogue.ts';
import type { Configuration } from './config.ts';
import { rateRoutes } from './rate/routes.ts';
import { startSchedule } from './rate/schedule.ts';
import { createThrottledLog } from './throttled-log.ts';
import { createVisitors } from './visits/visitors.ts';

/** What the traffic is made of. */
export interface Dependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly newId: () => string;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

/** Customers on their way. */
export interface TrafficApp {
  /** For the management server: the only way in. */
  readonly routes: Readonly<Record<string, ManagementHandler>>;
  /** No more visits begin. */
  stop(): void;
  /** Resolves when nobody visits any more; `patienceMs` is what those inside still get. */
  drain(patienceMs: number): Promise<void>;
}

/** Makes the traffic; its first visit begins at once. */
export function createApp({ configuration, telemetry, newId, now }: Dependencies): TrafficApp {
  const log = createThrottledLog(telemetry.logger, now);
  const visitors = createVisitors({ configuration, telemetry, log, newId });
  const schedule = startSchedule({
    ratePerSecond: configuration.ratePerSecond,
    arrive: () => visitors.arrive(),
    skip: (count) => visitors.shed(count),
    now,
  });
  const rate = telemetry.declareMetrics(trafficMetrics).gauge('traffic_rate_visits_per_second');
  rate.collect(() => rate.set(schedule.ratePerSecond()));
  return {
    routes: rateRoutes(schedule, telemetry.logger),
    stop: () => schedule.stop(),
    drain: (patienceMs) => visitors.leave(patienceMs),
  };
}
