import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations, buildAnnotation } from './annotations.ts';
import { place } from './layout.ts';
import { buildPanel } from './panel.ts';
import { ruleFilesOf } from './recorded.ts';
import type { DashboardSpec } from './spec.ts';
import { type Source, sourceNameOf, sources } from './targets.ts';
import { variablesOf } from './variables.ts';

/** The tag that links the dashboards to each other, in whatever folder they are imported. */
const tag = 'watchkeeper';
/** The uid of the start page. */
export const home = 'overview';

/** Grafana's plain dashboard model, schema 42, which versions 12 and 13 accept. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const positions = place(spec.panels);
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(descriptionOf(spec))
    .tags([tag])
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${spec.range ?? '1h'}`, to: 'now' })
    .refresh('30s')
    .variables(variablesOf(spec, sourcesOf(spec)))
    .annotations(annotations.map((annotation) => ({ build: () => buildAnnotation(annotation) })))
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        // Home shows all links; other dashboards have them in a menu.
        .asDropdown(spec.uid !== home)
        .icon('external link')
        .includeVars(true)
        .keepTime(true),
    );
  spec.panels.forEach((panel, index) => {
    const position = positions[index];
    if (position !== undefined)
      builder.withPanel({ build: () => buildPanel({ empty: spec.empty, ...panel }, position) });
  });
  return withoutPlacement(builder.build());
}

/** The description lists the rule files to copy along with the dashboard. */
function descriptionOf({ purpose, panels }: DashboardSpec): string {
  const expressions = [...annotations, ...panels.flatMap(({ queries }) => queries)]
    .filter(({ language }) => language === 'promql')
    .map(({ expression }) => expression);
  return `${purpose} Reads recording rules of ${ruleFilesOf(expressions).join(', ')}.`;
}

/** Prometheus, for variables and annotations, and the data sources of all queries and links. */
export function sourcesOf({ panels }: DashboardSpec): Source[] {
  const used = new Set<Source>(['prometheus']);
  for (const { queries, links = [], columns = {} } of panels) {
    for (const query of queries) used.add(sourceNameOf(query));
    const urls = [...links, ...Object.values(columns).flatMap(({ link }) => link ?? [])];
    if (urls.some(({ url }) => url.includes(`\${jaeger}`))) used.add('jaeger');
  }
  return (Object.keys(sources) as Source[]).filter((source) => used.has(source));
}

/** The SDK hides links and annotations in a menu unless the key is absent. */
function withoutPlacement(dashboard: Dashboard): Dashboard {
  for (const link of dashboard.links ?? []) delete link.placement;
  for (const annotation of dashboard.annotations?.list ?? []) delete annotation.placement;
  return dashboard;
}
