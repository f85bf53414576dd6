import { count, decimal, requestsPerSecond, seconds, share } from './shapes/graphs.ts';
import { toAllErrorLogs, toErrorLogs, toErrorTraces, toSlowTraces } from './shapes/links.ts';
import { promql, sumBy, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const ai: DashboardSpec = {
  uid: 'ai',
  title: 'AI',
  purpose: 'Errors, latency and usage of AI providers.',
  empty: 'No AI requests.',
  panels: [
    decimal(1, 'Failures per minute', {
      width: 12,
      question: 'Which model is failing, and how often?',
      normal: 'none or a few per minute: the fallback model answers instead.',
      otherwise:
        'the error logs have the provider’s status. All models of a provider: check its status page.',
      queries: promql(`
        60 * job_provider_model:ai_request_errors:rate2m{job=~"$job"}
        or 0 * sum by (job, provider, model) (job_provider_model_result:ai_requests:rate2m{job=~"$job"})
      `),
      legend: '{{job}} {{model}}',
      alerts: [{ name: 'AIAPIErrors' }],
      links: [toErrorLogs, toErrorTraces],
    }),
    seconds(2, 'Response latency p95', {
      width: 12,
      question: 'What latency do 5 % of responses exceed, up to the last token?',
      normal: 'a few seconds; longer for longer responses.',
      otherwise:
        'click a diamond for the trace. If all are slow, shorten the responses or change the model.',
      queries: withExemplars('job_provider_model:ai_request_duration_seconds:p95_rate2m', 'model'),
      alerts: [{ name: 'AIAPISlow' }],
      links: [toSlowTraces, toErrorLogs],
    }),
    requestsPerSecond(3, 'Requests by model', {
      question: 'Which model is used, and how often?',
      normal: 'almost only the first choice.',
      otherwise: 'the fallback takes over: the first choice is failing; see “Failures per minute”.',
      isStacked: true,
      queries: sumBy('job_provider_model_result:ai_requests:rate2m', 'model'),
    }),
    requestsPerSecond(4, 'Requests by result', {
      question: 'How do requests end?',
      normal: 'success; some are cancelled because the user left.',
      otherwise:
        'timeouts: the provider is slow. Errors: it rejects requests, or the key or quota is exhausted.',
      isStacked: true,
      queries: sumBy('job_provider_model_result:ai_requests:rate2m', 'result'),
      links: [toAllErrorLogs],
    }),
    count(5, 'Tokens per minute', {
      question: 'How many tokens do we pay for?',
      normal: 'it follows the requests; more for prompts than for completions.',
      otherwise:
        'it jumped without more requests: prompts grew. That costs money: find the change.',
      isStacked: true,
      queries: promql(
        '60 * sum by (model, type) (job_provider_model_type:ai_tokens_used:rate2m{job=~"$job"})',
        '{{model}} {{type}}',
      ),
      empty: 'No tokens used.',
    }),
    count(6, 'Tokens per response', {
      width: 12,
      question: 'How many tokens does a response use?',
      normal: 'a few hundred tokens, steady.',
      otherwise:
        'it climbs: a conversation that includes its whole history, or a prompt with a whole document.',
      queries: promql(`
        sum by (model) (job_provider_model_type:ai_tokens_used:rate2m{job=~"$job"})
        / (sum by (model) (job_provider_model_result:ai_requests:rate2m{job=~"$job", result="success"}) > 0)
      `),
      legend: '{{model}}',
      empty: 'No AI responses.',
    }),
    share(7, 'Success ratio', {
      width: 12,
      question: 'Which share of requests succeeds, over all models?',
      normal: 'over 99 %.',
      otherwise: 'people wait for the fallback, or get no answer: see which result grew.',
      queries: promql(`
        sum by (job) (job_provider_model_result:ai_requests:rate2m{job=~"$job", result="success"})
        / (sum by (job) (job_provider_model_result:ai_requests:rate2m{job=~"$job", result!="cancelled"}) > 0)
      `),
      legend: '{{job}}',
      links: [toErrorLogs, toErrorTraces],
    }),
  ],
};
