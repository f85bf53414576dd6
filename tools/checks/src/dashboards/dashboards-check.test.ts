import { describe, expect, test } from '@jest/globals';
import { dashboards } from '@watchkeeper/dashboards';
import { repositoryRoot } from '@watchkeeper/stack';
import { type Alert, readAllAlerts } from '../alerts/alert-rules.ts';
import { dashboardsCheck, readDashboards } from './dashboards-check.ts';
import { limitProblems } from './limits.ts';
import { linkProblems } from './links.ts';
import type { DashboardModel, PanelModel } from './model.ts';
import { logqlProblems, promqlProblems, queryProblems } from './queries.ts';
import { structureProblems } from './structure.ts';

const root = repositoryRoot;

/** The committed dashboard `http` with one thing broken, and the first panel of it. */
function broken(breakIt: (dashboard: DashboardModel, panel: PanelModel) => void): DashboardModel {
  const dashboard = readDashboards(root).find(({ uid }) => uid === 'http');
  const panel = dashboard?.panels[0];
  if (dashboard === undefined || panel === undefined) throw new Error('no dashboard `http`');
  breakIt(dashboard, panel);
  return dashboard;
}

const specOf = (uid: string) => {
  const spec = dashboards.find((one) => one.uid === uid);
  if (spec === undefined) throw new Error(`no dashboard \`${uid}\``);
  return spec;
};

test('accepts the committed dashboards', async () => {
  expect(await dashboardsCheck.run(root)).toEqual([]);
});

describe('structure', () => {
  test.each<[string, (dashboard: DashboardModel, panel: PanelModel) => void, string]>([
    [
      'a panel without unit',
      (_, { fieldConfig }) => delete fieldConfig.defaults.unit,
      'panel 1 “HTTP error ratio (5xx)”: expected a `unit`.',
    ],
    [
      'a panel without a text for no data',
      (_, { fieldConfig }) => delete fieldConfig.defaults.noValue,
      'panel 1 “HTTP error ratio (5xx)”: expected a `noValue`, shown without data.',
    ],
    [
      'a description that does not say what is normal',
      (_, panel) => {
        panel.description = `**Otherwise:** ${'look at the logs '.repeat(5)}`;
      },
      'panel 1 “HTTP error ratio (5xx)”: expected `**Normal:**` in its description.',
    ],
    [
      'a hidden legend',
      (_, { options }) => {
        if (options.legend) options.legend.showLegend = false;
      },
      'panel 1 “HTTP error ratio (5xx)”: expected its legend to be shown.',
    ],
    [
      'an id that is taken',
      (_, panel) => {
        panel.id = 2;
      },
      "expected each panel's id once, got 2 again.",
    ],
    [
      'panels on top of each other',
      ({ panels }, panel) => {
        if (panels[1]) panel.gridPos = panels[1].gridPos;
      },
      'panel 1 “HTTP error ratio (5xx)”: overlaps panel 2 “Latency p95”.',
    ],
    [
      'a panel wider than the page',
      (_, panel) => {
        panel.gridPos = { x: 20, y: 100, w: 8, h: 8 };
      },
      'panel 1 “HTTP error ratio (5xx)”: extends beyond the grid.',
    ],
    [
      'a data source that only exists here',
      (_, panel) => {
        panel.datasource.uid = 'prometheus';
      },
      'expected data sources from variables of type `datasource`, got `prometheus`.',
    ],
    [
      'an address of this machine',
      (_, panel) => {
        panel.fieldConfig.defaults.links = [{ title: 'Jaeger', url: 'http://localhost:16686' }];
      },
      'expected no address of this machine.',
    ],
    [
      'no link to the other dashboards',
      (dashboard) => {
        dashboard.links = [];
      },
      'expected a link to the other dashboards by their tag.',
    ],
    [
      'an id of somebody’s database',
      (dashboard) => {
        dashboard.id = 7;
      },
      'expected no `id`: an import would overwrite another dashboard.',
    ],
    [
      'no annotation of firing alerts',
      ({ annotations }) => annotations.list.pop(),
      'expected the annotation “Alerts”.',
    ],
    [
      'services by the name of a metric of ours',
      ({ templating }) => {
        const choice = templating.list.find(({ name }) => name === 'job');
        if (choice) choice.definition = 'label_values(http_requests_total, job)';
      },
      'expected the values of `job` to come from `up`.',
    ],
  ])('finds %s', (_, breakIt, problem) => {
    expect(structureProblems(broken(breakIt))).toContain(problem);
  });
});

describe('queries', () => {
  test.each([
    ['sum(', expect.stringContaining('syntax error')],
    ['http_requests_totall', expect.stringContaining('`http_requests_totall` is in no catalogue')],
    ['sum by (rout) (up)', expect.stringContaining('`rout` is in no catalogue')],
    ['up{job="api"}', 'expected `job=~"$job"`, got `job="api"`.'],
    ['job:http_requests:rate9m', expect.stringContaining('`job:http_requests:rate9m`')],
  ])('finds what is wrong with the PromQL %s', (expression, problem) => {
    expect(promqlProblems(expression)).toEqual([problem]);
  });

  test.each([
    ['{service=~"$job"', expect.stringContaining('syntax error')],
    ['{servise="api"}', expect.stringContaining('`servise` is neither a label')],
  ])('finds what is wrong with the LogQL %s', (expression, problem) => {
    expect(logqlProblems(expression)).toContainEqual(problem);
  });

  test('refuses a variable that the dashboard does not have', () => {
    expect(() => promqlProblems('up{job=~"$jobb"}')).toThrow('got `$jobb`');
  });

  test('finds a quantile without exemplars, and an annotation that does not parse', () => {
    const dashboard = broken(({ panels, annotations }) => {
      panels[1]?.targets.splice(1);
      const [annotation] = annotations.list;
      if (annotation) annotation.expr = 'sum(';
    });
    expect(queryProblems(dashboard)).toEqual([
      expect.stringContaining('the annotation “Deployments and restarts”: syntax error'),
      'panel 2 “Latency p95”: expected the exemplars of `http_request_duration_seconds` next to its quantile.',
    ]);
  });
});

describe('links', () => {
  test.each([
    ['/d/htttp', 'unknown dashboard `/d/htttp`.'],
    ['/d/http?var-pod=a', '`http` has no variable `var-pod`.'],
    [`/d/http?var-job=\${job:csv}`, `unknown variable \`\${job:csv}\`.`],
    ['/explore?panes={', 'expected `panes` to be JSON.'],
  ])('finds that %s does not work', (url, problem) => {
    const dashboard = broken((_, { fieldConfig }) => {
      fieldConfig.defaults.links = [{ title: 'There', url }];
    });
    const others = readDashboards(root).filter(({ uid }) => uid !== 'http');
    expect(linkProblems(dashboard, [dashboard, ...others])).toContain(
      `panel 1 “HTTP error ratio (5xx)”: the link “There”: ${problem}`,
    );
  });

  test('finds a failure without links to lines and traces', () => {
    const dashboard = broken((_, { fieldConfig }) => delete fieldConfig.defaults.links);
    expect(linkProblems(dashboard, readDashboards(root))).toEqual([
      'panel 1 “HTTP error ratio (5xx)”: shows failures, so expected a link to the error lines.',
      'panel 1 “HTTP error ratio (5xx)”: shows failures, so expected a link to the failed traces.',
    ]);
  });

  test('finds a tag that no other dashboard has', () => {
    const dashboard = broken(({ links }) => {
      for (const link of links) link.tags = ['other'];
    });
    expect(linkProblems(dashboard, readDashboards(root))).toContain(
      'no other dashboard has the tag `other`.',
    );
  });
});

describe('limits', () => {
  test('finds a threshold and a description that differ from the rule’s limit', () => {
    const dashboard = broken((_, { fieldConfig, ...panel }) => {
      const step = fieldConfig.defaults.thresholds?.steps[1];
      if (step) step.value = 0.06;
      panel.description = '';
    });
    expect(limitProblems(specOf('http'), dashboard, [])).toEqual([
      'panel 1 “HTTP error ratio (5xx)”: expected a threshold at 0.05, the limit of `HighErrorRate`.',
      'panel 1 “HTTP error ratio (5xx)”: has a threshold at 0.06, which is no limit of its alerts.',
    ]);
  });

  test('finds an alert that no panel of its dashboard shows', () => {
    const alert: Alert = {
      name: 'TooManyCooks',
      file: 'kitchen.rules.yml',
      expr: 'cooks > 2',
      labels: {},
      annotations: { dashboard_url: 'https://grafana.example/d/http' },
    };
    const dashboard = broken(() => {});
    expect(limitProblems(specOf('http'), dashboard, [...readAllAlerts(root), alert])).toEqual([
      '`TooManyCooks` links to this dashboard, but no panel shows it.',
    ]);
  });
});
