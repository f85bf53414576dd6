import { test } from '@jest/globals';
import { createJaegerClient, type JaegerClient } from '@watchkeeper/testing/jaeger';
import { createLokiClient, type LokiClient } from '@watchkeeper/testing/loki';
import { createPrometheusClient, type PrometheusClient } from '@watchkeeper/testing/prometheus';
import type { System } from './system.ts';

/** The running system and its clients, for the tests of each subject. */
export interface Context {
  readonly system: System;
  readonly prometheus: PrometheusClient;
  readonly loki: LokiClient;
  readonly jaeger: JaegerClient;
  /** Whether the inbox holds that alert of that job. */
  isInInbox(alertname: string, job: string): Promise<boolean>;
  /** The trace that an exemplar led to; later subjects look for it again. */
  readonly trace: { id: string };
  /** Runs where all those services can; elsewhere it is skipped by name, with the reason. */
  testWith(services: readonly string[], name: string, run: () => Promise<void>): void;
}

// Two waits of ninety seconds, and the commands between them.
const timeoutMs = 240_000;

type Labels = Readonly<Record<string, string>>;

export function createContext(system: System): Context {
  return {
    system,
    prometheus: createPrometheusClient(system.url('PROMETHEUS_PORT')),
    loki: createLokiClient(system.url('LOKI_PORT')),
    jaeger: createJaegerClient(system.url('JAEGER_PORT')),
    async isInInbox(alertname, job) {
      const response = await fetch(`${system.url('INBOX_PORT')}/api/v1/alerts`);
      const { alerts } = (await response.json()) as { alerts: { labels: Labels }[] };
      return alerts.some(({ labels }) => labels.alertname === alertname && labels.job === job);
    },
    trace: { id: '' },
    testWith(services, name, run) {
      const missing = services.find((service) => system.absent.has(service));
      if (missing === undefined) return test(name, run, timeoutMs);
      return test.skip(`${name} (${missing}: ${system.absent.get(missing)})`, () => {});
    },
  };
}
