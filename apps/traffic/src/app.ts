import { trace } from '@opentelemetry/api';
import { faultRoutes } from '@watchkeeper/galley';
import { createMessageChannel } from '@watchkeeper/telemetry';
import { trafficMetrics } from './catalogue.ts';
import { type Clients, createClients } from './clients.ts';
import type { Common } from './common.ts';
import { createTrafficFaults } from './faults/faults.ts';
import { openConnection } from './live/connection.ts';
import { type Crowd, createCrowd } from './live/crowd.ts';
import { messageTypes } from './live/protocol.ts';
import { createPopulation, type Population } from './people/population.ts';
import { rateRoutes } from './rate/routes.ts';
import { startSchedule } from './rate/schedule.ts';
import { factorAt } from './rate/shape.ts';
import { createThrottledLog } from './throttled-log.ts';
import type { AwaitedType } from './visits/stage.ts';
import { createVisit } from './visits/visit.ts';
import { createVisitors } from './visits/visitors.ts';

type Dependencies = Pick<Common, 'configuration' | 'telemetry' | 'newId' | 'now'>;

/** Starts the traffic; its first visit starts at once. */
export function createApp(dependencies: Dependencies) {
  const { configuration, telemetry, now } = dependencies;
  const closing = new AbortController();
  const common: Common = {
    ...dependencies,
    metrics: telemetry.declareMetrics(trafficMetrics),
    log: createThrottledLog(telemetry.logger, now),
    signal: closing.signal,
    isOpen: () => schedule.ratePerSecond() > 0,
  };
  const clients = createClients(common);
  const population = createPeople(common, clients);
  const crowd = createOnlookers(common, population);
  const { logger } = telemetry;
  const targets = { logger, crowd, guesser: clients.guesser, seed: configuration.seed };
  const faults = createTrafficFaults(targets, configuration.areFaultsEnabled);
  const isOrdering = () => faults.get('noOrders') === undefined;
  const visitors = createAllVisitors(common, { clients, population, crowd }, isOrdering);
  const startedAt = now();
  const schedule = startSchedule({
    ratePerSecond: configuration.ratePerSecond,
    factor: () =>
      factorAt(configuration.shape, now() - startedAt) * (faults.get('surge')?.factor ?? 1),
    arrive: () => visitors.arrive(),
    skip: (count) => visitors.shed(count),
    now,
  });
  const rate = common.metrics.gauge('traffic_rate_visits_per_second');
  rate.collect(() => rate.set(schedule.currentRate()));
  population.start();
  crowd.start();
  return {
    /** For the management server. */
    routes: { ...rateRoutes(schedule, logger), ...faultRoutes(faults, telemetry) },
    population,
    /** Starts no more visits. */
    stop() {
      faults.clear();
      schedule.stop();
      population.stop();
    },
    /** Resolves when all visits have ended; they are aborted after `timeoutMs`. */
    async drain(timeoutMs: number) {
      const timer = setTimeout(() => closing.abort(), timeoutMs);
      await Promise.all([visitors.left(), crowd.stop()]);
      clearTimeout(timer);
      closing.abort();
    },
  };
}

function createPeople(common: Common, clients: Clients): Population {
  const { telemetry, newId, now } = common;
  const startedAt = now();
  return createPopulation({
    ...common,
    signIn: clients.signInFrom(newId(), 'Phone'),
    inTrace,
    onReady(accounts) {
      const fields = { accounts, duration_ms: Math.round(now() - startedAt) };
      telemetry.logger.info({ event: 'traffic_people_ready', ...fields }, 'people ready');
    },
  });
}

const tracer = trace.getTracer('@watchkeeper/traffic');

/** A root span outside of visits. */
function inTrace<T>(name: string, run: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(`visit ${name}`, { root: true }, (span) =>
    run().finally(() => span.end()),
  );
}

function createOnlookers(common: Common, { accounts }: Population): Crowd {
  const { configuration, telemetry, now } = common;
  const channel = createMessageChannel(telemetry, { types: messageTypes });
  const url = `${configuration.targetUrl.replace(/^http/, 'ws')}/ws`;
  return createCrowd({
    ...common,
    accounts,
    open: ({ session }, onClose) => {
      const { userId = '', accessToken = '' } = session ?? {};
      const { timeoutMs } = configuration;
      const parts = { url, channel, timeoutMs, userId, accessToken, onClose, now };
      return inTrace('connect', () => openConnection(parts));
    },
  });
}

function createAllVisitors(
  common: Common,
  { clients, population, crowd }: { clients: Clients; population: Population; crowd: Crowd },
  isOrdering: () => boolean,
) {
  const { metrics } = common;
  const waits = metrics.histogram('traffic_message_wait_seconds');
  const missed = metrics.counter('traffic_messages_missed_total');
  const onMessage = (type: AwaitedType, waitMs: number | undefined) => {
    if (waitMs === undefined) missed.increment({ type });
    else waits.observe(waitMs / 1_000, { type });
  };
  const parts = { ...common, clients, population, crowd, onMessage, adopted: new Set<string>() };
  return createVisitors(common, createVisit(parts), isOrdering);
}
