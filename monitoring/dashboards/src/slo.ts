import { decimal, graph, perSecond, table } from './shapes/graphs.ts';
import { toDashboardOfSeries, toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec, PanelSpec } from './shapes/spec.ts';

const ofJob = '{job=~"$job"}';

function burnRate(
  id: number,
  window: string,
  panel: Pick<PanelSpec, 'normal' | 'otherwise' | 'alerts'>,
): PanelSpec {
  return decimal(id, `Burn rate over ${window}`, {
    width: 12,
    question: `How fast did the error budget burn in the last ${window}, relative to the allowed rate?`,
    ...panel,
    queries: promql(`job_slo:error_budget_burn:rate${window}${ofJob}`),
    legend: '{{slo}}',
    links: [toErrorLogs, toErrorTraces],
  });
}

export const slo: DashboardSpec = {
  uid: 'slo',
  title: 'SLO',
  purpose: 'Objectives, remaining error budgets and burn rates.',
  empty: 'No objective has events yet.',
  range: '24h',
  panels: [
    graph(1, 'Remaining error budget', {
      width: 12,
      question: 'How much of the error budget is left?',
      normal: 'a sawtooth that stays above 50 %.',
      otherwise:
        'under 25 %: release less, fix the causes first. Under zero: the objective is missed.',
      unit: 'percentunit',
      max: 1,
      queries: promql(`job_slo:error_budget_remaining:ratio${ofJob}`, '{{slo}}'),
      links: [toDashboardOfSeries('http', 'Requests')],
    }),
    table(2, 'Objectives', {
      width: 12,
      question: 'Which objectives are met?',
      normal:
        'the failed share is below the allowed share. “Measured for” grows to the whole window, 30 days; until then, the share is that of a shorter time.',
      otherwise:
        'start with the lowest remaining budget: its burn rates below show whether it is still burning.',
      unit: 'percentunit',
      queries: [
        promqlNow(`1 - job_slo:sli_objective:ratio${ofJob}`),
        promqlNow(`job_slo:sli_errors_per_events:ratio${ofJob}`),
        promqlNow(`job_slo:error_budget_remaining:ratio${ofJob}`),
        promqlNow(`job_slo:error_budget_observed:seconds${ofJob}`),
      ],
      columns: {
        slo: { title: 'Objective' },
        job: { title: 'Service' },
        'Value #A': { title: 'Allowed failures', unit: 'percentunit' },
        'Value #B': { title: 'Failures', unit: 'percentunit' },
        'Value #C': { title: 'Remaining budget', unit: 'percentunit' },
        'Value #D': { title: 'Measured for', unit: 's' },
      },
    }),
    burnRate(3, '1h', {
      normal: 'under 1: sustainable.',
      otherwise: 'an incident: click a line for its error logs and traces.',
      alerts: [{ name: 'ErrorBudgetBurnFast', comparison: 0 }],
    }),
    burnRate(4, '6h', {
      normal: 'under 1.',
      otherwise: 'failures for hours without a page: find the change that started with them.',
      alerts: [{ name: 'ErrorBudgetBurnFast', comparison: 3 }],
    }),
    burnRate(5, '1d', {
      normal: 'under 1.',
      otherwise: 'open a ticket for this week: some route fails constantly at a low rate.',
      alerts: [{ name: 'ErrorBudgetBurnSlow', comparison: 0 }],
    }),
    burnRate(6, '3d', {
      normal: 'under 1: at 1 the budget lasts exactly its window.',
      otherwise: 'at this rate the budget does not last.',
      alerts: [{ name: 'ErrorBudgetBurnSlow', comparison: 3 }],
    }),
    perSecond(7, 'Failure rate', {
      width: 12,
      question: 'How many events miss an objective?',
      normal: 'few.',
      otherwise: 'the service’s dashboard shows where.',
      queries: promql(`job_slo:sli_errors:rate5m${ofJob}`, '{{slo}}'),
      links: [toErrorLogs, toErrorTraces],
    }),
    perSecond(8, 'Event rate', {
      width: 12,
      question: 'How many events do the ratios cover?',
      normal: 'the daily pattern.',
      otherwise: 'few: a single failure is a large share, and no reason to worry.',
      queries: promql(`job_slo:sli_events:rate5m${ofJob}`, '{{slo}}'),
    }),
  ],
};
