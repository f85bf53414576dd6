import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from '@watchkeeper/galley';
import type { Stack } from '@watchkeeper/stack';
import { createLokiClient } from '@watchkeeper/testing/loki';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import type { QueryRunners } from './has-data.ts';
import { lokiRunner, postgresRunner, prometheusRunner } from './queries.ts';

export interface StackRunners extends QueryRunners {
  /** As the role of Grafana, with few privileges. */
  runSql(statement: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Runs queries in a native stack; Loki and Jaeger only where they run. */
export function createStackRunners(stack: Stack): StackRunners {
  const { timeFactor, components } = stack.state;
  const pool = createPool('dashboards', { databaseUrl: urlOfRole(stack), poolSize: 2 });
  const runSql = async (statement: string) => (await pool.query(statement)).rows;
  return {
    promql: prometheusRunner(createPrometheusClient(stack.address('prometheus')), timeFactor),
    ...(components.loki && { logql: lokiRunner(createLokiClient(stack.address('loki'))) }),
    sql: postgresRunner(runSql),
    present: (['jaeger', 'loki'] as const).filter((name) => components[name] !== undefined),
    runSql,
    close: () => pool.end(),
  };
}

function urlOfRole({ databaseUrl, folder }: Stack): string {
  const url = new URL(databaseUrl);
  url.username = 'dashboards';
  url.password = readFileSync(join(folder.secrets, 'dashboards-password'), 'utf8');
  return url.href;
}
