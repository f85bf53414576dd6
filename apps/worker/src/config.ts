import { readServiceConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';
import type { RetrySchedule } from './retries/schedule.ts';
import { isPrivateHost, type PrivateHosts } from './webhooks/address-guard.ts';

export type Configuration = ReturnType<typeof readConfiguration>;

const hourMs = 3_600_000;

/** Reads the worker's variables; the reader keeps invalid values. */
export function readConfiguration(reader: EnvironmentReader) {
  return {
    // Two for a batch of events, the rest for the senders and the administrators' requests.
    ...readServiceConfiguration(reader, { poolSize: 10 }),
    outbox: {
      batchSize: reader.integer('OUTBOX_BATCH_SIZE', { fallback: 50, min: 1, max: 1_000 }),
      /** Between polls when no notification comes. */
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
      privateHosts: readPrivateHosts(reader),
      timeoutMs: reader.integer('WEBHOOK_TIMEOUT_MS', { fallback: 5_000, min: 100, max: 30_000 }),
      // About two hours in all, because receivers have outages too.
      schedule: readSchedule(reader, 'WEBHOOK', { baseMs: 5_000, capMs: hourMs, maxAttempts: 12 }),
      /** Receiver of the demo's subscription; none by default. */
      demoUrl:
        reader.optionalText('WEBHOOK_DEMO_URL') === undefined
          ? undefined
          : reader.url('WEBHOOK_DEMO_URL'),
    },
    sms: {
      /** Of the provider; messages go to `/sms/messages` below it. */
      url: reader.url('SMS_URL', 'http://127.0.0.1:8026').replace(/\/+$/, ''),
      timeoutMs: reader.integer('SMS_TIMEOUT_MS', { fallback: 3_000, min: 100, max: 30_000 }),
    },
  };
}

/** Exact hosts of our own network that may get webhooks, such as `third-parties:3000`; none by default. */
function readPrivateHosts(reader: EnvironmentReader): PrivateHosts {
  const text = reader.optionalText('WEBHOOK_PRIVATE_HOSTS') ?? '';
  const hosts = text.split(',').flatMap((host) => host.trim() || []);
  for (const host of hosts.filter((each) => !isPrivateHost(each))) {
    reader.refuse(
      `Expected \`WEBHOOK_PRIVATE_HOSTS\` to be a list of \`host:port\`, never link-local, got \`${host}\`.`,
    );
  }
  if (reader.optionalText('WEBHOOK_ALLOW_PRIVATE') !== undefined) {
    reader.refuse(
      'Expected no `WEBHOOK_ALLOW_PRIVATE`, which opened every private address. ' +
        'List the exact hosts in `WEBHOOK_PRIVATE_HOSTS`.',
    );
  }
  return new Set(hosts);
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
