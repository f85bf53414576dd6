import { type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

export type AssistantConfiguration = Readonly<ReturnType<typeof readAssistantConfiguration>>;

/** Reads `AI_*` and `ASSISTANT_QUESTIONS_PER_DAY`; errors stay in the reader. */
export function readAssistantConfiguration(reader: EnvironmentReader) {
  const keyFile = reader.optionalText('AI_API_KEY_FILE');
  return {
    /** Any server with OpenAI's protocol. */
    baseUrl: reader.url('AI_BASE_URL', 'http://127.0.0.1:8026/ai/v1'),
    // The client requires one even where the provider does not.
    apiKey: keyFile === undefined ? 'none' : readSecretFile('AI_API_KEY_FILE', keyFile),
    /** The first choice and the fallback. */
    models: [
      reader.text('AI_MODEL', 'galley-assistant'),
      reader.text('AI_FALLBACK_MODEL', 'galley-assistant-mini'),
    ] as const,
    /**
     * For each model. Longer than the 30 s of the alert `AIAPISlow`, so that slow answers are
     * measured before they time out; the maximum leaves the fallback five seconds.
     */
    timeoutMs: reader.integer('AI_TIMEOUT_MS', { fallback: 45_000, min: 100, max: 50_000 }),
    /** The limit for each user. */
    questionsPerDay: reader.integer('ASSISTANT_QUESTIONS_PER_DAY', {
      fallback: 50,
      min: 1,
      max: 100_000,
    }),
  };
}
