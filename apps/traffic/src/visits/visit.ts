import type { Random } from '../random.ts';
import {
  LimitedError,
  MissedMessageError,
  NobodyThereError,
  RequestFailedError,
  UnexpectedAnswerError,
} from '../target/errors.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { type Scenario, visits } from './scenarios.ts';
import { createStage, type StageParts } from './stage.ts';

/** How a visit ended. */
export type VisitResult = 'completed' | 'unexpected' | 'failed' | 'limited' | 'abandoned';

/** Runs one visit; never rejects. */
export type Visit = (scenario: Scenario, random: Random) => Promise<VisitResult>;

/** Makes what runs visits, each scene of them as a trace of its own that goes on in the services. */
export function createVisit(parts: StageParts, log: ThrottledLog): Visit {
  return async (scenario, random) => {
    try {
      await visits[scenario](createStage(parts, random));
      return 'completed';
    } catch (error) {
      // Whatever broke, it was we who ended it.
      if (parts.signal.aborted) return 'abandoned';
      return logFailure(log, scenario, error);
    }
  };
}

function logFailure(log: ThrottledLog, scenario: Scenario, error: unknown): VisitResult {
  if (error instanceof LimitedError) return 'limited';
  // At the start, as long as not everybody has signed in.
  if (error instanceof NobodyThereError) return 'abandoned';
  if (error instanceof RequestFailedError) {
    const fields = { operation: error.operation, err: error };
    log('warn', 'traffic_request_failed', 'request failed', fields);
    return 'failed';
  }
  if (error instanceof UnexpectedAnswerError || error instanceof MissedMessageError) {
    const operation = error instanceof UnexpectedAnswerError ? error.operation : scenario;
    log('warn', 'traffic_answer_unexpected', 'answer unexpected', { operation, err: error });
    return 'unexpected';
  }
  log('error', 'traffic_visit_crashed', 'visit crashed', { scenario, err: error });
  return 'failed';
}
