import { readSecretFile } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

export interface AssistantConfiguration {
  /** Any server with OpenAI's protocol. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The first choice and the fallback. */
  readonly models: readonly [string, string];
  /** For each model; both together have a limit too. */
  readonly timeoutMs: number;
  readonly questionsPerDay: number;
}

/** Reads `AI_*` and `ASSISTANT_QUESTIONS_PER_DAY`; errors stay in the reader. */
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
