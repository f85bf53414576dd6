import { readServiceConfiguration, type ServiceConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';
import type { RetrySchedule } from './retries/schedule.ts';

export interface Configuration extends ServiceConfiguration {
  readonly outbox: {
    readonly batchSize: number;
    /** Between polls when no notification comes. */
    readonly pollMs: number;
    readonly schedule: RetrySchedule;
    readonly retentionHours: number;
  };
  readonly webhooks: {
    readonly isPrivateAllowed: boolean;
    readonly timeoutMs: number;
    readonly schedule: RetrySchedule;
    /** Receiver of the demo's subscription; none by default. */
    readonly demoUrl: string | undefined;
  };
  readonly sms: { readonly url: string; readonly timeoutMs: number };
}

const hourMs = 3_600_000;

/** Reads the worker's variables; the reader keeps invalid values. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    // Two for a batch of events, the rest for the senders and the administrators' requests.
    ...readServiceConfiguration(reader, { poolSize: 10 }),
    outbox: {
      batchSize: reader.integer('OUTBOX_BATCH_SIZE', { fallback: 50, min: 1, max: 1_000 }),
      pollMs: reader.integer('OUTBOX_POLL_MS', { fallback: 1_000, min: 10, max: 60_000 }),
      // Ten minutes in all: longer than a bad deployment, or a drill, takes to recover.
      schedule: readSchedule(reader, 'OUTBOX', { baseMs: 2_000, capMs: 300_000, maxAttempts: 10 }),
      retentionHours: reader.integer('OUTBOX_RETENTION_HOURS', {
        fallback: 168,
        min: 1,
        max: 100_000,
      }),
    },
    webhooks: {
      isPrivateAllowed: reader.boolean('WEBHOOK_ALLOW_PRIVATE', false),
      timeoutMs: reader.integer('WEBHOOK_TIMEOUT_MS', { fallback: 5_000, min: 100, max: 30_000 }),
      // About two hours in all, because receivers have outages too.
      schedule: readSchedule(reader, 'WEBHOOK', { baseMs: 5_000, capMs: hourMs, maxAttempts: 12 }),
      demoUrl:
        reader.optionalText('WEBHOOK_DEMO_URL') === undefined
          ? undefined
          : reader.url('WEBHOOK_DEMO_URL'),
    },
    sms: {
      url: reader.url('SMS_URL', 'http://127.0.0.1:8026').replace(/\/+$/, ''),
      timeoutMs: reader.integer('SMS_TIMEOUT_MS', { fallback: 3_000, min: 100, max: 30_000 }),
    },
  };
}

function readSchedule(
  reader: EnvironmentReader,
  prefix: 'OUTBOX' | 'WEBHOOK',
  { baseMs, capMs, maxAttempts }: RetrySchedule,
): RetrySchedule {
  return {
    baseMs: reader.integer(`${prefix}_RETRY_BASE_MS`, { fallback: baseMs, min: 1, max: hourMs }),
    capMs: reader.integer(`${prefix}_RETRY_CAP_MS`, { fallback: capMs, min: 1, max: 24 * hourMs }),
    maxAttempts: reader.integer(`${prefix}_MAX_ATTEMPTS`, {
      fallback: maxAttempts,
      min: 1,
      max: 100,
    }),
  };
}
