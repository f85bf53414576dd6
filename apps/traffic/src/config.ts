import type { EnvironmentReader } from '@watchkeeper/telemetry';
import { type DayShape, shapes } from './rate/shape.ts';

export type Configuration = ReturnType<typeof readConfiguration>;

export const maxRatePerSecond = 1_000;

/** Reads the traffic's own variables; invalid values stay in the reader. */
export function readConfiguration(reader: EnvironmentReader) {
  const url = (name: string, fallback: string) => reader.url(name, fallback).replace(/\/+$/, '');
  return {
    targetUrl: url('TARGET_URL', 'http://127.0.0.1:3000'),
    /** The SMS stand-in, for the codes. */
    smsInboxUrl: url('SMS_INBOX_URL', 'http://127.0.0.1:8026'),
    /** Visits per second, averaged over a day. */
    ratePerSecond: reader.number('TRAFFIC_RATE', { fallback: 2, min: 0, max: maxRatePerSecond }),
    shape: readShape(reader),
    seed: reader.integer('TRAFFIC_SEED', { fallback: 1, min: 0, max: 0xffff_ffff }),
    wrongShare: reader.number('TRAFFIC_WRONG_SHARE', { fallback: 0.05, min: 0, max: 1 }),
    /** Factor of rare visits; above one where time is compressed. */
    rareFactor: reader.number('TRAFFIC_RARE_FACTOR', { fallback: 1, min: 1, max: 20 }),
    // Longer than a person would wait.
    timeoutMs: reader.integer('TRAFFIC_TIMEOUT_MS', { fallback: 10_000, min: 10, max: 60_000 }),
    maxInFlight: reader.integer('TRAFFIC_MAX_IN_FLIGHT', { fallback: 500, min: 1, max: 10_000 }),
    sizes: readSizes(reader),
    // A password hash costs the api a tenth of a second of both cores: a tenth of its capacity.
    signUpsPerSecond: reader.number('TRAFFIC_SIGN_UPS_PER_SECOND', {
      fallback: 1,
      min: 0.01,
      max: 100,
    }),
    // The alert on mass disconnects needs more than ten.
    connections: reader.integer('TRAFFIC_CONNECTIONS', { fallback: 32, min: 0, max: 2_000 }),
    /** Mean time between two steps of an order. */
    stepSeconds: reader.number('TRAFFIC_STEP_SECONDS', { fallback: 5, min: 0, max: 600 }),
    areFaultsEnabled: reader.boolean('FAULTS_ENABLED', false),
  };
}

function readShape(reader: EnvironmentReader): DayShape {
  return {
    name: reader.oneOf('TRAFFIC_SHAPE', shapes, 'steady'),
    // An hour a minute.
    dayMinutes: reader.number('TRAFFIC_DAY_MINUTES', { fallback: 24, min: 0.1, max: 1_440 }),
    burstFactor: reader.number('TRAFFIC_BURST_FACTOR', { fallback: 10, min: 1, max: 100 }),
  };
}

function readSizes(reader: EnvironmentReader) {
  // Each role has a thousand numbers.
  const size = (name: string, fallback: number) =>
    reader.integer(name, { fallback, min: 1, max: 1_000 });
  return {
    customers: size('TRAFFIC_CUSTOMERS', 40),
    couriers: size('TRAFFIC_COURIERS', 8),
    restaurants: size('TRAFFIC_RESTAURANTS', 6),
  };
}
