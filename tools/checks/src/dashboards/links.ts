import { type DashboardModel, nameOf, type PanelModel } from './model.ts';

// Filled in by Grafana at the click; our links use no others.
const known =
  /^(__url_time_range|__from|__to|job:queryparam|__field\.labels\.\w+|__data\.fields\.\w+)$/;
const grafanaPages = ['/alerting/list'];

/** Of broken links, and of parameters that the target does not have. */
export function linkProblems(dashboard: DashboardModel, all: readonly DashboardModel[]): string[] {
  const others = dashboard.links
    .flatMap(({ tags }) => tags)
    .filter((tag) => !all.some((other) => other !== dashboard && other.tags.includes(tag)))
    .map((tag) => `no other dashboard has the tag \`${tag}\`.`);
  const ofPanels = dashboard.panels.flatMap((panel) =>
    linksOf(panel).flatMap(({ title, url }) =>
      urlProblems(url, dashboard, all).map(
        (problem) => `${nameOf(panel)}: the link “${title}”: ${problem}`,
      ),
    ),
  );
  return [...others, ...ofPanels, ...dashboard.panels.flatMap(failureProblems)];
}

// A refused login is no failed request.
const failures =
  /\b\w*(?:errors|(?<!auth_)failures)\w*(?::\w+)*\{[^}]*job=~"\$job"|\blevel=~"error\|fatal"/;

/** A panel of failures links to the error lines, and to the failed traces. */
function failureProblems(panel: PanelModel): string[] {
  if (panel.type !== 'timeseries') return [];
  if (!panel.targets.some(({ expr = '' }) => failures.test(expr))) return [];
  const urls = linksOf(panel).map(({ url }) => url);
  // Traces are found by the service of the failing series.
  const isOfService = panel.targets.some(({ legendFormat = '' }) =>
    /\{\{(job|service)\}\}/.test(legendFormat),
  );
  return [
    ...(urls.some((url) => url.startsWith('/d/logs')) ? [] : ['the error lines']),
    ...(!isOfService || urls.some((url) => url.startsWith('/explore'))
      ? []
      : ['the failed traces']),
  ].map((target) => `${nameOf(panel)}: shows failures, so expected a link to ${target}.`);
}

function linksOf({ fieldConfig }: PanelModel): { title: string; url: string }[] {
  const inColumns = fieldConfig.overrides.flatMap(({ properties }) =>
    properties
      .filter(({ id }) => id === 'links')
      .flatMap(({ value }) => value as { title: string; url: string }[]),
  );
  return [...(fieldConfig.defaults.links ?? []), ...inColumns];
}

function urlProblems(
  url: string,
  { templating }: DashboardModel,
  all: readonly DashboardModel[],
): string[] {
  const ours = templating.list.map(({ name }) => name);
  const unknown = [...url.matchAll(/\$\{([^}]+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.test(name) && !ours.includes(name))
    .map((name) => `unknown variable \`\${${name}}\`.`);
  return [...unknown, ...targetProblems(url, all)];
}

function targetProblems(url: string, all: readonly DashboardModel[]): string[] {
  const { pathname, searchParams } = new URL(
    url.replace(/\$\{[^}]+\}/g, 'filled'),
    'http://grafana',
  );
  if (pathname === '/explore') return paneProblems(searchParams.get('panes') ?? '');
  if (grafanaPages.includes(pathname)) return [];
  const target = all.find(({ uid }) => pathname === `/d/${uid}`);
  if (target === undefined) return [`unknown dashboard \`${pathname}\`.`];
  const taken = target.templating.list.map(({ name }) => `var-${name}`);
  return [...searchParams.keys()]
    .filter((key) => key.startsWith('var-') && !taken.includes(key))
    .map((key) => `\`${target.uid}\` has no variable \`${key}\`.`);
}

function paneProblems(panes: string): string[] {
  try {
    const [pane] = Object.values(JSON.parse(panes) as Record<string, { queries?: unknown[] }>);
    return pane?.queries?.length ? [] : ['expected a query for Explore.'];
  } catch {
    return ['expected `panes` to be JSON.'];
  }
}
