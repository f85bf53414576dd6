import { event } from '@watchkeeper/telemetry';

/** The log events of the assistant; the library has those of each request that failed. */
export const assistantLogEvents = {
  assistant_fallback_used: event.warn(
    'The first model did not answer, so the fallback model is asked.',
    'model fallback_model',
  ),
};
