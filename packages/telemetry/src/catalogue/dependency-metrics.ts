import { counter, gauge, histogram } from './types.ts';

const providers = { atMost: 10 } as const;
const models = { atMost: 30 } as const;
// 30 s is the limit of the alert `AIAPISlow`, so it must be a bucket boundary.
const answerSeconds = [0.5, 1, 2, 5, 10, 20, 30, 60];

/** Metrics of AI providers and of what guards a service. Source: the telemetry contract. */
export const dependencyMetrics = {
  ai_requests_total: counter('Requests to an AI provider, by outcome.', {
    provider: providers,
    model: models,
    result: ['success', 'error', 'timeout', 'cancelled'],
  }),
  ai_request_duration_seconds: histogram(
    'Time an AI provider took to its last token.',
    { provider: providers, model: models },
    answerSeconds,
    { exemplars: true },
  ),
  ai_tokens_used_total: counter('Tokens an AI provider accounted for.', {
    provider: providers,
    model: models,
    type: ['prompt', 'completion'],
  }),
  circuit_breaker_state: gauge('State of a circuit breaker: 0 closed, 1 half open, 2 open.', {
    name: { atMost: 50 },
  }),
  rate_limit_rejections_total: counter('Requests refused by a rate limit.', {
    limiter: { atMost: 20 },
  }),
} as const;
