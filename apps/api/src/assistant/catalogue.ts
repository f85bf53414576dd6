import { event } from '@watchkeeper/telemetry';

export const assistantLogEvents = {
  assistant_fallback_used: event.warn(
    'The first model did not answer, so the fallback model is asked.',
    'model fallback_model',
  ),
};
