import type { Random } from '../random.ts';
import {
  LimitedError,
  MissedMessageError,
  NobodyAvailableError,
  RequestFailedError,
  UnexpectedAnswerError,
} from '../target/errors.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { type Scenario, visits } from './scenarios.ts';
import { createStage, type StageParts } from './stage.ts';

type VisitResult = 'completed' | 'unexpected' | 'failed' | 'limited' | 'abandoned';

/** Never rejects. */
export type Visit = (scenario: Scenario, random: Random) => Promise<VisitResult>;

export function createVisit(parts: StageParts): Visit {
  return async (scenario, random) => {
    try {
      await visits[scenario](createStage(parts, random));
      return 'completed';
    } catch (error) {
      // The process is stopping.
      if (parts.signal.aborted) return 'abandoned';
      return logFailure(parts.log, scenario, error);
    }
  };
}

function logFailure(log: ThrottledLog, scenario: Scenario, error: unknown): VisitResult {
  if (error instanceof LimitedError) return 'limited';
  // At the start, before everybody has signed in.
  if (error instanceof NobodyAvailableError) return 'abandoned';
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
