import { toDashboardOfSeries, toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec, PanelSpec } from './shapes/spec.ts';

const ofJob = '{job=~"$job"}';
const allowed = `on (job, slo) group_left () (1 - job_slo:sli_objective:ratio${ofJob})`;

function burnRate(
  id: number,
  window: string,
  alert: { name: string; comparison: number },
  words: Pick<PanelSpec, 'normal' | 'otherwise'>,
): PanelSpec {
  return {
    id,
    title: `Burn rate over ${window}`,
    kind: 'timeseries',
    width: 12,
    question: `How many times as fast as allowed did the budget go, in the last ${window}?`,
    ...words,
    unit: 'short',
    decimals: 1,
    min: 0,
    queries: [
      promql(`job_slo:sli_errors_per_events:ratio_rate${window}${ofJob} / ${allowed}`, '{{slo}}'),
    ],
    alerts: [alert],
    links: [toErrorLogs, toErrorTraces],
    empty: 'No objective has events yet.',
  };
}

/** What was promised, what was kept, and how fast the rest is spent. */
export const slo: DashboardSpec = {
  uid: 'slo',
  title: 'SLO',
  purpose: 'What was promised, what was kept, and how fast the rest is spent.',
  variables: ['job'],
  range: '24h',
  panels: [
    {
      id: 1,
      title: 'Error budget left',
      kind: 'timeseries',
      width: 12,
      question: 'How much of what may fail in thirty days is left?',
      normal: 'a saw that stays above a half.',
      otherwise: 'under a quarter: deploy less, mend first. Under zero: the promise is broken.',
      unit: 'percentunit',
      max: 1,
      queries: [promql(`job_slo:error_budget_remaining:ratio${ofJob}`, '{{slo}}')],
      links: [toDashboardOfSeries('http', 'Requests')],
      empty: 'No objective has events yet.',
    },
    {
      id: 2,
      title: 'Promised and kept',
      kind: 'table',
      width: 12,
      question: 'Which objective is kept, and which is not?',
      normal: 'what failed in thirty days is less than what may.',
      otherwise:
        'start with the one that has the least left: its burn rates below tell whether it goes on.',
      unit: 'percentunit',
      queries: [
        promqlNow(`1 - job_slo:sli_objective:ratio${ofJob}`),
        promqlNow(`job_slo:sli_errors_per_events:ratio_rate30d${ofJob}`),
        promqlNow(`job_slo:error_budget_remaining:ratio${ofJob}`),
      ],
      columns: {
        slo: { title: 'Objective' },
        job: { title: 'Service' },
        'Value #A': { title: 'May fail', unit: 'percentunit' },
        'Value #B': { title: 'Failed in 30 days', unit: 'percentunit' },
        'Value #C': { title: 'Budget left', unit: 'percentunit' },
      },
      empty: 'No objective has events yet.',
    },
    burnRate(
      3,
      '1h',
      { name: 'ErrorBudgetBurnFast', comparison: 0 },
      {
        normal: 'under 1: what fails now can go on for ever.',
        otherwise: 'an incident: its error lines and traces are a click away.',
      },
    ),
    burnRate(
      4,
      '6h',
      { name: 'ErrorBudgetBurnFast', comparison: 3 },
      {
        normal: 'under 1.',
        otherwise:
          'something has failed for hours that nobody was paged for: look at what began with it.',
      },
    ),
    burnRate(
      5,
      '1d',
      { name: 'ErrorBudgetBurnSlow', comparison: 0 },
      {
        normal: 'under 1.',
        otherwise: 'a ticket for this week: some route fails a little, always.',
      },
    ),
    burnRate(
      6,
      '3d',
      { name: 'ErrorBudgetBurnSlow', comparison: 3 },
      {
        normal: 'under 1: at 1 the budget lasts exactly as long as it must.',
        otherwise: 'at this speed the month’s budget does not last the month.',
      },
    ),
    {
      id: 7,
      title: 'Failures',
      kind: 'timeseries',
      width: 12,
      question: 'How often is a promise broken?',
      normal: 'rarely.',
      otherwise: 'the dashboard of the service shows where.',
      unit: 'ops',
      min: 0,
      queries: [promql(`job_slo:sli_errors:rate5m${ofJob}`, '{{slo}}')],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No objective has events yet.',
    },
    {
      id: 8,
      title: 'Events',
      kind: 'timeseries',
      width: 12,
      question: 'Of how many events are these shares?',
      normal: 'the shape of the day.',
      otherwise: 'few: a single failure is a large share, and no reason to worry.',
      unit: 'ops',
      min: 0,
      queries: [promql(`job_slo:sli_events:rate5m${ofJob}`, '{{slo}}')],
      empty: 'No objective has events yet.',
    },
  ],
};
