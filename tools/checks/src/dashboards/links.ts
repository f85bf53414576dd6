import { type DashboardModel, nameOf, type PanelModel } from './model.ts';

// Filled in by Grafana at the click; these are all that our links use.
const known =
  /^(__url_time_range|__from|__to|job:queryparam|__field\.labels\.\w+|__data\.fields\.\w+)$/;
const grafanaPages = ['/alerting/list'];

/** Links that lead nowhere, or carry what their target doesn't take. */
export function linkFaults(dashboard: DashboardModel, all: readonly DashboardModel[]): string[] {
  const others = dashboard.links
    .flatMap(({ tags }) => tags)
    .filter((tag) => !all.some((other) => other !== dashboard && other.tags.includes(tag)))
    .map((tag) => `no other dashboard has the tag \`${tag}\`.`);
  const ofPanels = dashboard.panels.flatMap((panel) =>
    linksOf(panel).flatMap(({ title, url }) =>
      urlFaults(url, dashboard, all).map(
        (fault) => `${nameOf(panel)}: the link “${title}”: ${fault}`,
      ),
    ),
  );
  return [...others, ...ofPanels, ...dashboard.panels.flatMap(wayFaults)];
}

// A login that is refused is no failed request.
const failures =
  /\b\w*(?:errors|(?<!auth_)failures)\w*(?::\w+)*\{[^}]*job=~"\$job"|\blevel=~"error\|fatal"/;

/** A failure that people see leads to what was written about it, and to the requests that failed. */
function wayFaults(panel: PanelModel): string[] {
  if (panel.type !== 'timeseries') return [];
  if (!panel.targets.some(({ expr = '' }) => failures.test(expr))) return [];
  const urls = linksOf(panel).map(({ url }) => url);
  // Traces are found by the service that the failing series names.
  const isOfService = panel.targets.some(({ legendFormat = '' }) =>
    /\{\{(job|service)\}\}/.test(legendFormat),
  );
  return [
    ...(urls.some((url) => url.startsWith('/d/logs')) ? [] : ['a link to the error lines']),
    ...(!isOfService || urls.some((url) => url.startsWith('/explore'))
      ? []
      : ['a link to the failed traces']),
  ].map((way) => `${nameOf(panel)}: shows failures, so expected ${way}.`);
}

function linksOf({ fieldConfig }: PanelModel): { title: string; url: string }[] {
  const inColumns = fieldConfig.overrides.flatMap(({ properties }) =>
    properties
      .filter(({ id }) => id === 'links')
      .flatMap(({ value }) => value as { title: string; url: string }[]),
  );
  return [...(fieldConfig.defaults.links ?? []), ...inColumns];
}

function urlFaults(
  url: string,
  { templating }: DashboardModel,
  all: readonly DashboardModel[],
): string[] {
  const ours = templating.list.map(({ name }) => name);
  const unknown = [...url.matchAll(/\$\{([^}]+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.test(name) && !ours.includes(name))
    .map((name) => `\`\${${name}}\` is no variable.`);
  return [...unknown, ...targetFaults(url, all)];
}

function targetFaults(url: string, all: readonly DashboardModel[]): string[] {
  const { pathname, searchParams } = new URL(
    url.replace(/\$\{[^}]+\}/g, 'filled'),
    'http://grafana',
  );
  if (pathname === '/explore') return paneFaults(searchParams.get('panes') ?? '');
  if (grafanaPages.includes(pathname)) return [];
  const target = all.find(({ uid }) => pathname === `/d/${uid}`);
  if (target === undefined) return [`\`${pathname}\` is no dashboard of ours.`];
  const taken = target.templating.list.map(({ name }) => `var-${name}`);
  return [...searchParams.keys()]
    .filter((key) => key.startsWith('var-') && !taken.includes(key))
    .map((key) => `\`${target.uid}\` does not take \`${key}\`.`);
}

function paneFaults(panes: string): string[] {
  try {
    const [pane] = Object.values(JSON.parse(panes) as Record<string, { queries?: unknown[] }>);
    return pane?.queries?.length ? [] : ['expected a query for Explore.'];
  } catch {
    return ['expected `panes` to be JSON.'];
  }
}
