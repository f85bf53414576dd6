import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from '@watchkeeper/galley';
import type { Stack } from '@watchkeeper/stack';
import { createLokiClient } from '@watchkeeper/testing/loki';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import type { Answerers } from './has-data.ts';
import { askLoki, askPostgres, askPrometheus, type RunSql } from './queries.ts';

/** Who answers in a native stack, to be closed at the end. */
export interface StackAnswerers extends Answerers {
  /** As the role that Grafana has, which may read little. */
  readonly runSql: RunSql;
  close(): Promise<void>;
}

/** Everybody in a native stack who can be asked; Loki and Jaeger only where they take part. */
export function answerersOf(stack: Stack): StackAnswerers {
  const takesPart = (name: string) => stack.state.components[name] !== undefined;
  const pool = createPool('dashboards', { databaseUrl: urlOfRole(stack), poolSize: 2 });
  const runSql: RunSql = async (statement) => (await pool.query(statement)).rows;
  const { timeFactor } = stack.state;
  const hasLoki = takesPart('loki');
  return {
    promql: askPrometheus(createPrometheusClient(stack.address('prometheus')), timeFactor),
    ...(hasLoki ? { logql: askLoki(createLokiClient(stack.address('loki'))) } : {}),
    sql: askPostgres(runSql),
    present: (['jaeger', 'loki'] as const).filter(takesPart),
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
