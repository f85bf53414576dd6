import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DataqueryBuilder as LokiQueryBuilder,
  LokiQueryDirection,
} from '@grafana/grafana-foundation-sdk/loki';
import {
  DataqueryBuilder as PrometheusQueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import type { PanelKind, Query } from './spec.ts';

/** Data source types, by the variable that selects one. */
export const sources = {
  prometheus: { type: 'prometheus', label: 'Metrics' },
  loki: { type: 'loki', label: 'Logs' },
  jaeger: { type: 'jaeger', label: 'Traces' },
  postgres: { type: 'grafana-postgresql-datasource', label: 'Database' },
} as const;

export type Source = keyof typeof sources;

const sourceByLanguage = { promql: 'prometheus', logql: 'loki', sql: 'postgres' } as const;

/** A query's data source: the value of a variable, never a fixed uid. */
export function sourceOf({ language }: Pick<Query, 'language'>): DataSourceRef {
  return reference(sourceByLanguage[language]);
}

export function sourceNameOf({ language }: Pick<Query, 'language'>): Source {
  return sourceByLanguage[language];
}

export function reference(source: Source): DataSourceRef {
  return { type: sources[source].type, uid: `\${${source}}` };
}

/** The data source's form of a query, with the reference id A, B, … */
export function target(query: Query, index: number, kind: PanelKind): Builder<Dataquery> {
  const refId = String.fromCharCode('A'.charCodeAt(0) + index);
  switch (query.language) {
    case 'promql':
      return prometheusTarget(query, kind).refId(refId).datasource(sourceOf(query));
    case 'logql':
      return lokiTarget(query).refId(refId).datasource(sourceOf(query));
    case 'sql':
      return { build: () => sqlTarget(query, refId, kind) };
  }
}

function prometheusTarget(query: Query, kind: PanelKind): PrometheusQueryBuilder {
  const builder = new PrometheusQueryBuilder()
    .expr(query.expression)
    .legendFormat(query.legend)
    .editorMode(QueryEditorMode.Code)
    .exemplar(query.isForExemplars ?? false)
    .format(kind === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  return query.over === 'end' ? builder.instant() : builder.range();
}

function lokiTarget(query: Query): LokiQueryBuilder {
  return new LokiQueryBuilder()
    .expr(query.expression)
    .legendFormat(query.legend)
    .queryType(query.over === 'end' ? 'instant' : 'range')
    .direction(LokiQueryDirection.Backward);
}

/** The SDK has no builder for PostgreSQL. */
function sqlTarget(query: Query, refId: string, kind: PanelKind): Dataquery {
  const isOverTime = kind === 'timeseries';
  const fields = {
    refId,
    datasource: sourceOf(query),
    editorMode: 'code',
    format: isOverTime ? 'time_series' : 'table',
    rawQuery: true,
    rawSql: query.expression,
  };
  return fields as unknown as Dataquery;
}
