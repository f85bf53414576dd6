import { parser as logqlParser } from '@grafana/lezer-logql';
import { interpolate, recordingRules } from '@watchkeeper/dashboards';
import { metadataFields } from '@watchkeeper/telemetry';
import { knownLabelNames, knownMetricNames, metricCatalogues } from '../names/known-names.ts';
import { namesIn } from '../names/promql.ts';
import { type DashboardModel, nameOf, type PanelModel, type TargetModel } from './model.ts';

const known = knownMetricNames();
const knownLabels = knownLabelNames();
// What the shippers make labels and structured metadata of.
const lineLabels = ['service', 'level', 'environment', ...metadataFields];

/** What is wrong with the queries: they don't parse, or name what nobody emits. */
export function queryFaults({ panels, annotations }: DashboardModel): string[] {
  const marks = annotations.list.flatMap(({ name, expr }) =>
    promqlFaults(expr).map((fault) => `the mark “${name}”: ${fault}`),
  );
  const ofPanels = panels.flatMap((panel) =>
    [...panel.targets.flatMap(targetFaults), ...exemplarFaults(panel)].map(
      (fault) => `${nameOf(panel)}: ${fault}`,
    ),
  );
  return [...marks, ...ofPanels];
}

function targetFaults({ datasource, expr, rawSql }: TargetModel): string[] {
  if (datasource.type === 'prometheus' && expr !== undefined) return promqlFaults(expr);
  if (datasource.type === 'loki' && expr !== undefined) return logqlFaults(expr);
  // PostgreSQL alone can parse its SQL: the end-to-end test asks it.
  if (rawSql !== undefined && !/;\s*\S/.test(rawSql)) return [];
  return ['expected one query in the language of its data source.'];
}

/** What is wrong with an expression of PromQL. */
export function promqlFaults(expression: string): string[] {
  const filled = interpolate(expression);
  const { metrics, labels, fault } = namesIn(filled);
  const recorded = recordingRules();
  const strangers = [
    ...metrics.filter((name) => !known.has(name) && !recorded.has(name)),
    ...labels.filter((name) => !knownLabels.has(name)),
  ];
  const fixedJob = /\bjob\s*=~?\s*"(?!\$job\|?")[^"]*"/.exec(expression)?.[0];
  return [
    ...(fault === undefined ? [] : [`${fault}.`]),
    ...strangers.map((name) => `\`${name}\` is in no catalogue and no rule, in \`${expression}\`.`),
    ...(fixedJob === undefined ? [] : [`expected \`job=~"$job"\`, got \`${fixedJob}\`.`]),
  ];
}

/** What is wrong with an expression of LogQL. */
export function logqlFaults(expression: string): string[] {
  const filled = interpolate(expression);
  const faults: string[] = [];
  logqlParser.parse(filled).iterate({
    enter: ({ node }) => {
      const text = filled.slice(node.from, node.to);
      if (node.type.isError) faults.push(`syntax error at offset ${node.from} of \`${filled}\`.`);
      if (node.name === 'Identifier' && !lineLabels.includes(text)) {
        faults.push(`\`${text}\` is no label and no field of a line, in \`${expression}\`.`);
      }
    },
  });
  return faults;
}

const histogramsWithExemplars = Object.values(metricCatalogues)
  .flatMap((catalogue) => Object.entries(catalogue))
  .filter(([, definition]) => 'exemplars' in definition && definition.exemplars === true)
  .map(([name]) => name);

/** A quantile of a histogram with exemplars leads to traces. */
function exemplarFaults({ type, targets }: PanelModel): string[] {
  if (type !== 'timeseries') return [];
  const expressions = targets.map(({ expr = '' }) => expr);
  const missing = histogramsWithExemplars.filter(
    (name) =>
      expressions.some((expr) => new RegExp(`:${name}:p\\d+_`).test(expr)) &&
      !targets.some(({ exemplar, expr = '' }) => exemplar && expr.includes(`${name}_bucket`)),
  );
  return missing.map((name) => `expected the exemplars of \`${name}\` beside its quantile.`);
}
