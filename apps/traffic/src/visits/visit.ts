import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Metrics } from '@watchkeeper/telemetry';
import type { trafficMetrics } from '../catalogue.ts';
import type { Configuration } from '../config.ts';
import type { Random } from '../random.ts';
import { createClient, RequestFailedError, UnexpectedAnswerError } from '../target/client.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { createCustomer } from './customer.ts';
import { type Scenario, visits } from './scenarios.ts';

/** What a visit needs. */
export interface VisitDependencies {
  readonly configuration: Configuration;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  readonly newId: () => string;
}

/** How a visit ended. */
export type VisitResult = 'completed' | 'unexpected' | 'failed';

/** Runs one visit; never rejects. */
export type Visit = (
  scenario: Scenario,
  random: Random,
  signal: AbortSignal,
) => Promise<VisitResult>;

/** Makes what runs visits, each as a trace of its own that goes on in the api. */
export function createVisit({ configuration, metrics, log, newId }: VisitDependencies): Visit {
  const requests = metrics.counter('traffic_requests_total');
  const tracer = trace.getTracer('@watchkeeper/traffic');

  function run(scenario: Scenario, random: Random, signal: AbortSignal): Promise<unknown> {
    const client = createClient({
      targetUrl: configuration.targetUrl,
      timeoutMs: configuration.timeoutMs,
      correlationId: newId(),
      signal,
      onOutcome: (operation, outcome) => requests.increment({ operation, outcome }),
    });
    return visits[scenario](createCustomer(client, random, newId));
  }

  return (scenario, random, signal) =>
    tracer.startActiveSpan(`visit ${scenario}`, { root: true }, async (span) => {
      try {
        await run(scenario, random, signal);
        return 'completed';
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (error instanceof Error) span.recordException(error);
        return logFailure(log, scenario, error);
      } finally {
        span.end();
      }
    });
}

function logFailure(log: ThrottledLog, scenario: Scenario, error: unknown): VisitResult {
  if (error instanceof RequestFailedError) {
    const fields = { operation: error.operation, err: error };
    log('warn', 'traffic_request_failed', 'request failed', fields);
    return 'failed';
  }
  if (error instanceof UnexpectedAnswerError) {
    const fields = { operation: error.operation, err: error };
    log('warn', 'traffic_answer_unexpected', 'answer unexpected', fields);
    return 'unexpected';
  }
  log('error', 'traffic_visit_crashed', 'visit crashed', { scenario, err: error });
  return 'failed';
}
