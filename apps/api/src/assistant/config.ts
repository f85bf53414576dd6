import { readSecretFile } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** Which AI provider answers questions, and how many. */
export interface AssistantConfiguration {
  /** Of anything that speaks OpenAI's protocol. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The models in the order in which they are asked. */
  readonly models: readonly [string, string];
  /** For each of them; what the first has used of the time of both is gone for the second. */
  readonly timeoutMs: number;
  /** For each user. */
  readonly questionsPerDay: number;
}

/** Reads `AI_*` and `ASSISTANT_QUESTIONS_PER_DAY`; faults stay in the reader. */
export function readAssistantConfiguration(reader: EnvironmentReader): AssistantConfiguration {
  const keyFile = reader.optionalText('AI_API_KEY_FILE');
  return {
    baseUrl: reader.url('AI_BASE_URL', 'http://127.0.0.1:8025/ai/v1'),
    // The client wants one even where the provider does not.
    apiKey: keyFile === undefined ? 'none' : readSecretFile('AI_API_KEY_FILE', keyFile),
    models: [
      reader.text('AI_MODEL', 'galley-assistant'),
      reader.text('AI_FALLBACK_MODEL', 'galley-assistant-mini'),
    ],
    // Past the 30 s at which AIAPISlow speaks: a slow answer is late but there, and seen to be slow
    // before it is given up. At most what leaves the second model five seconds.
    timeoutMs: reader.integer('AI_TIMEOUT_MS', { fallback: 45_000, min: 100, max: 50_000 }),
    questionsPerDay: reader.integer('ASSISTANT_QUESTIONS_PER_DAY', {
      fallback: 50,
      min: 1,
      max: 100_000,
    }),
  };
}
