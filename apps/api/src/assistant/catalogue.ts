import type { LogEventCatalogue } from '@watchkeeper/telemetry';

/** The log events of the assistant; the library has those of each request that failed. */
export const assistantLogEvents = {
  assistant_fallback_used: {
    level: 'warn',
    meaning: 'The first model did not answer, so the fallback model is asked.',
    fields: ['model', 'fallback_model'],
  },
} as const satisfies LogEventCatalogue;
