import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './annotations.ts';
import { place } from './layout.ts';
import { buildPanel } from './panel.ts';
import { ruleFilesOf } from './recorded.ts';
import type { DashboardSpec } from './spec.ts';
import { type Source, sourceNameOf, sources } from './targets.ts';
import { variablesOf } from './variables.ts';

/** By which the dashboards find each other, whatever folder they are imported into. */
export const tag = 'watchkeeper';
/** Where a person begins. */
export const home = 'overview';

/** The dashboard as Grafana reads it: the plain model, schema 42, which 12 and 13 both take. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const positions = place(spec.panels);
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(descriptionOf(spec))
    .tags([tag])
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${spec.range}`, to: 'now' })
    .refresh('30s')
    .variables(variablesOf(spec, sourcesOf(spec)))
    .annotations(annotations.map((annotation) => ({ build: annotation.build })))
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        // At home every way is in sight; elsewhere one click away.
        .asDropdown(spec.uid !== home)
        .icon('external link')
        .includeVars(true)
        .keepTime(true),
    );
  spec.panels.forEach((panel, index) => {
    const position = positions[index];
    if (position !== undefined) builder.withPanel({ build: () => buildPanel(panel, position) });
  });
  return withoutPlacement(builder.build());
}

/** What a copier must bring along is said where they see it first. */
function descriptionOf({ purpose, panels }: DashboardSpec): string {
  const expressions = [...annotations, ...panels.flatMap(({ queries }) => queries)]
    .filter(({ language }) => language === 'promql')
    .map(({ expression }) => expression);
  return `${purpose} Reads recording rules of ${ruleFilesOf(expressions).join(', ')}.`;
}

/** Prometheus for the variables and the marks, and whatever else a query or a link asks. */
export function sourcesOf({ panels }: DashboardSpec): Source[] {
  const asked = new Set<Source>(['prometheus']);
  for (const { queries, links = [], columns = {} } of panels) {
    for (const query of queries) asked.add(sourceNameOf(query));
    const urls = [...links, ...Object.values(columns).flatMap(({ link }) => link ?? [])];
    if (urls.some(({ url }) => url.includes(`\${jaeger}`))) asked.add('jaeger');
  }
  return (Object.keys(sources) as Source[]).filter((source) => asked.has(source));
}

/** The kit hides links and marks in a menu, which only an absent key undoes. */
function withoutPlacement(dashboard: Dashboard): Dashboard {
  for (const link of dashboard.links ?? []) delete link.placement;
  for (const annotation of dashboard.annotations?.list ?? []) delete annotation.placement;
  return dashboard;
}
