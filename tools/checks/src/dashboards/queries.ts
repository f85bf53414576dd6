import { parser as logqlParser } from '@grafana/lezer-logql';
import { interpolate, recordingRules } from '@watchkeeper/dashboards';
import { metadataFields } from '@watchkeeper/telemetry';
import { knownLabelNames, knownMetricNames, metricCatalogues } from '../names/known-names.ts';
import { namesIn } from '../names/promql.ts';
import { type DashboardModel, nameOf, type PanelModel, type TargetModel } from './model.ts';

const known = knownMetricNames();
const knownLabels = knownLabelNames();
// The labels and structured metadata that the shippers add.
const lineLabels = ['service', 'level', 'environment', ...metadataFields];

/** Of queries that don't parse, or that name unknown metrics and labels. */
export function queryProblems({ panels, annotations }: DashboardModel): string[] {
  const ofAnnotations = annotations.list.flatMap(({ name, expr }) =>
    promqlProblems(expr).map((problem) => `the annotation “${name}”: ${problem}`),
  );
  const ofPanels = panels.flatMap((panel) =>
    [...panel.targets.flatMap(targetProblems), ...exemplarProblems(panel)].map(
      (problem) => `${nameOf(panel)}: ${problem}`,
    ),
  );
  return [...ofAnnotations, ...ofPanels];
}

function targetProblems({ datasource, expr, rawSql }: TargetModel): string[] {
  if (datasource.type === 'prometheus' && expr !== undefined) return promqlProblems(expr);
  if (datasource.type === 'loki' && expr !== undefined) return logqlProblems(expr);
  // Only PostgreSQL can parse its SQL: the end-to-end test runs it.
  if (rawSql !== undefined && !/;\s*\S/.test(rawSql)) return [];
  return ['expected one query in the language of its data source.'];
}

export function promqlProblems(expression: string): string[] {
  const filled = interpolate(expression);
  const { metrics, labels, problem } = namesIn(filled);
  const recorded = recordingRules();
  const unknown = [
    ...metrics.filter((name) => !known.has(name) && !recorded.has(name)),
    ...labels.filter((name) => !knownLabels.has(name)),
  ];
  const fixedJob = /\bjob\s*=~?\s*"(?!\$job\|?")[^"]*"/.exec(expression)?.[0];
  return [
    ...(problem === undefined ? [] : [`${problem}.`]),
    ...unknown.map((name) => `\`${name}\` is in no catalogue and no rule, in \`${expression}\`.`),
    ...(fixedJob === undefined ? [] : [`expected \`job=~"$job"\`, got \`${fixedJob}\`.`]),
  ];
}

export function logqlProblems(expression: string): string[] {
  const filled = interpolate(expression);
  const problems: string[] = [];
  logqlParser.parse(filled).iterate({
    enter: ({ node }) => {
      const text = filled.slice(node.from, node.to);
      if (node.type.isError) problems.push(`syntax error at offset ${node.from} of \`${filled}\`.`);
      if (node.name === 'Identifier' && !lineLabels.includes(text)) {
        problems.push(
          `\`${text}\` is neither a label nor a field of a line, in \`${expression}\`.`,
        );
      }
    },
  });
  return problems;
}

const histogramsWithExemplars = Object.values(metricCatalogues)
  .flatMap((catalogue) => Object.entries(catalogue))
  .filter(([, definition]) => 'exemplars' in definition && definition.exemplars === true)
  .map(([name]) => name);

/** A quantile of a histogram with exemplars links to traces. */
function exemplarProblems({ type, targets }: PanelModel): string[] {
  if (type !== 'timeseries') return [];
  const expressions = targets.map(({ expr = '' }) => expr);
  const missing = histogramsWithExemplars.filter(
    (name) =>
      expressions.some((expr) => new RegExp(`:${name}:p\\d+_`).test(expr)) &&
      !targets.some(({ exemplar, expr = '' }) => exemplar && expr.includes(`${name}_bucket`)),
  );
  return missing.map((name) => `expected the exemplars of \`${name}\` next to its quantile.`);
}
