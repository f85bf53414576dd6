import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardSpec } from './spec.ts';
import { reference, type Source, sources } from './targets.ts';

const all = { text: ['All'], value: ['$__all'] };
// Excludes series without the label.
const anything = '.+';

/** The names of a dashboard's variables, besides the data sources. */
export function variableNames({ moreVariables = [] }: DashboardSpec) {
  return ['job' as const, ...moreVariables];
}

/** A dashboard's variables, data sources first. */
export function variablesOf(
  spec: DashboardSpec,
  used: readonly Source[],
): Builder<VariableModel>[] {
  const choices = {
    // Every target has `up`, whatever it exposes.
    job: () => labelOfUp('job', 'Service', 'up'),
    instance: () => labelOfUp('instance', 'Instance', 'up{job=~"$job"}'),
    level: () =>
      new CustomVariableBuilder('level')
        .label('Level')
        .values('fatal,error,warn,info,debug,trace')
        .multi(true)
        .includeAll(true)
        .allValue(anything)
        .current(all),
    text: () => new TextBoxVariableBuilder('text').label('Line contains').defaultValue(''),
  };
  return [...used.map(sourceVariable), ...variableNames(spec).map((name) => choices[name]())];
}

function sourceVariable(source: Source): Builder<VariableModel> {
  const { type, label } = sources[source];
  return new DatasourceVariableBuilder(source).label(label).type(type);
}

function labelOfUp(label: string, title: string, series: string): Builder<VariableModel> {
  const query = `label_values(${series}, ${label})`;
  return new QueryVariableBuilder(label)
    .label(title)
    .datasource(reference('prometheus'))
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue(anything)
    .current(all)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
