import {
  HttpError,
  instrumentAiClient,
  instrumentFetch,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { OpenAI } from 'openai';
import type { AssistantConfiguration } from './config.ts';
import type { OrderFacts } from './store.ts';

// Below the gateway's timeout of a minute, so that the caller gets our response and not the gateway's.
const defaultTotalTimeoutMs = 55_000;

// A few sentences; this bounds the cost of a question.
const maxAnswerTokens = 400;

/**
 * Works with any provider that has OpenAI's protocol.
 * @param totalTimeoutMs for both models together
 */
export function createAssistant(
  { baseUrl, apiKey, models, timeoutMs }: AssistantConfiguration,
  telemetry: Telemetry,
  { totalTimeoutMs = defaultTotalTimeoutMs } = {},
) {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    // The fallback model is the only retry: more would keep the user waiting.
    maxRetries: 0,
    // It would log to the console; the library logs every failure.
    logLevel: 'off',
    fetch: instrumentFetch(globalThis.fetch, { ownHosts: [] }),
  });
  instrumentAiClient(client, telemetry, { provider: 'openai' });

  async function callModel(
    model: string,
    messages: Message[],
    wait: { readonly signal: AbortSignal; readonly timeout: number },
  ) {
    const completion = await client.chat.completions.create(
      { model, messages, max_completion_tokens: maxAnswerTokens },
      wait,
    );
    const answer = completion.choices?.[0]?.message?.content;
    if (!answer) throw new Error(`Expected \`${model}\` to answer with text.`);
    const { prompt_tokens: prompt = 0, completion_tokens = 0 } = completion.usage ?? {};
    return { answer, model, tokens: { prompt, completion: completion_tokens } };
  }

  return {
    /**
     * @param signal cancels the request when the caller disconnects
     * @throws HttpError 503 when neither model answers
     */
    async ask(question: string, order: OrderFacts | undefined, signal: AbortSignal) {
      const messages = messagesOf(question, order);
      const [first, fallback] = models;
      const startedAt = performance.now();
      try {
        return await callModel(first, messages, { signal, timeout: timeoutMs });
      } catch {
        if (signal.aborted) throw unavailable();
        const fields = { model: first, fallback_model: fallback };
        telemetry.logger.warn({ event: 'assistant_fallback_used', ...fields }, 'fallback used');
      }
      const remainingMs = Math.round(totalTimeoutMs - (performance.now() - startedAt));
      if (remainingMs <= 0) throw unavailable();
      const timeout = Math.min(timeoutMs, remainingMs);
      return await callModel(fallback, messages, { signal, timeout }).catch(() => {
        throw unavailable();
      });
    },
  };
}

/** Without its cause, which may quote the user; the log event `ai_request_failed` has the details. */
function unavailable(): HttpError {
  return new HttpError(503, 'The assistant is not available.', { code: 'assistant_unavailable' });
}

interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** The question is a separate message, so that it can't pass as our instruction. */
function messagesOf(question: string, order: OrderFacts | undefined): Message[] {
  const about =
    order === undefined
      ? ''
      : ` The order in question: status ${order.status}, total ${order.totalCents} cents, placed at ${order.createdAt.toISOString()}.`;
  const content = `You are the support assistant of Galley, a food-ordering service. Answer in a few plain sentences. You can't change orders or give money back.${about}`;
  return [
    { role: 'system', content },
    { role: 'user', content: question },
  ];
}
