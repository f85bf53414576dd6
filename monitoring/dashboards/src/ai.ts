import { toAllErrorLogs, toErrorLogs, toErrorTraces, toSlowTraces } from './shapes/links.ts';
import { exemplarsOf, promql } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

/** How services fare with AI providers: whether they answer, how fast, and what it takes. */
export const ai: DashboardSpec = {
  uid: 'ai',
  title: 'AI',
  purpose: 'How services fare with AI providers: whether they answer, how fast, and what it takes.',
  variables: ['job'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Failures a minute',
      kind: 'timeseries',
      width: 12,
      question: 'Which model fails, and how often?',
      normal: 'none or a few a minute: another model answers instead.',
      otherwise:
        'the error lines have the provider’s status. All models of a provider: its status page.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql(
          `
          60 * job_provider_model:ai_request_errors:rate2m{job=~"$job"}
          or 0 * sum by (job, provider, model) (job_provider_model_result:ai_requests:rate2m{job=~"$job"})
          `,
          '{{job}} {{model}}',
        ),
      ],
      alerts: [{ name: 'AIAPIErrors' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No model was asked.',
    },
    {
      id: 2,
      title: 'Slowest 5 % of answers',
      kind: 'timeseries',
      width: 12,
      question: 'How long does one answer in twenty take to its last word?',
      normal: 'a few seconds; longer with longer answers.',
      otherwise:
        'a diamond leads to the trace. If all are slow, lower what is asked for, or change the model.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          'job_provider_model:ai_request_duration_seconds:p95_rate2m{job=~"$job"}',
          '{{job}} {{model}}',
        ),
        exemplarsOf('ai_request_duration_seconds'),
      ],
      alerts: [{ name: 'AIAPISlow' }],
      links: [toSlowTraces, toErrorLogs],
      empty: 'No model was asked.',
    },
    {
      id: 3,
      title: 'Requests by model',
      kind: 'timeseries',
      width: 8,
      question: 'Which model is asked, how often?',
      normal: 'the first choice nearly alone.',
      otherwise: 'the fallback takes over: the first fails; see “Failures a minute”.',
      unit: 'reqps',
      min: 0,
      isStacked: true,
      queries: [
        promql(
          'sum by (model) (job_provider_model_result:ai_requests:rate2m{job=~"$job"})',
          '{{model}}',
        ),
      ],
      empty: 'No model was asked.',
    },
    {
      id: 4,
      title: 'Requests by outcome',
      kind: 'timeseries',
      width: 8,
      question: 'How do requests end?',
      normal: 'success; some are cancelled by those who left.',
      otherwise:
        'timeouts: the provider is slow. Errors: it refuses, or the key or quota is used up.',
      unit: 'reqps',
      min: 0,
      isStacked: true,
      queries: [
        promql(
          'sum by (result) (job_provider_model_result:ai_requests:rate2m{job=~"$job"})',
          '{{result}}',
        ),
      ],
      links: [toAllErrorLogs],
      empty: 'No model was asked.',
    },
    {
      id: 5,
      title: 'Tokens a minute',
      kind: 'timeseries',
      width: 8,
      question: 'What is paid for?',
      normal: 'it follows the requests; more for prompts than for completions.',
      otherwise:
        'it leapt without the requests: prompts grew. That is money: look at what changed.',
      unit: 'short',
      min: 0,
      isStacked: true,
      queries: [
        promql(
          '60 * sum by (model, type) (job_provider_model_type:ai_tokens_used:rate2m{job=~"$job"})',
          '{{model}} {{type}}',
        ),
      ],
      empty: 'No token was used.',
    },
    {
      id: 6,
      title: 'Tokens for one answer',
      kind: 'timeseries',
      width: 12,
      question: 'How much does one answer take?',
      normal: 'some hundred tokens, steady.',
      otherwise:
        'it climbs: a conversation that carries all its past, or a prompt with a whole document.',
      unit: 'short',
      min: 0,
      queries: [
        promql(
          `
          sum by (model) (job_provider_model_type:ai_tokens_used:rate2m{job=~"$job"})
          / (sum by (model) (job_provider_model_result:ai_requests:rate2m{job=~"$job", result="success"}) > 0)
          `,
          '{{model}}',
        ),
      ],
      empty: 'No model answered.',
    },
    {
      id: 7,
      title: 'Answered at the first try',
      kind: 'timeseries',
      width: 12,
      question: 'Which share of requests succeeds, whichever model was asked?',
      normal: 'over 99 %.',
      otherwise: 'people wait for the fallback, or get none: see which outcome grew.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          `
          sum by (job) (job_provider_model_result:ai_requests:rate2m{job=~"$job", result="success"})
          / (sum by (job) (job_provider_model_result:ai_requests:rate2m{job=~"$job"}) > 0)
          `,
          '{{job}}',
        ),
      ],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No model was asked.',
    },
  ],
};
