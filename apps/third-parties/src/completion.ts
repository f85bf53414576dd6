import { createHash } from 'node:crypto';
import { z } from 'zod';

const content = z.union([
  z.string().max(100_000),
  z.array(z.looseObject({ type: z.string(), text: z.string().max(100_000).optional() })).max(50),
]);

/**
 * A chat completion request, as OpenAI documents it. Unused fields such as the temperature are
 * ignored.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export const completionRequest = z.looseObject({
  model: z.string().min(1).max(100),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        content: content.nullish(),
      }),
    )
    .min(1)
    .max(100),
  stream: z
    .literal(false, 'Expected no stream; the stand-in does not support streaming.')
    .nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
});

type CompletionRequest = z.output<typeof completionRequest>;

// One is chosen by a hash of the question.
const answers = [
  'Your order is on its way as soon as the courier has picked it up. You can follow it on the order page.',
  'You can cancel until the kitchen hands the order to the courier; the money is back within two days.',
  'If something is missing, tell us which dish, and we refund it to your payment method.',
  'Delivery usually takes half an hour. When it is busy, the time on the order page is the best guess.',
  'Each dish lists what it contains. For an allergy, please ask the restaurant before you order.',
] as const;

// The rule of thumb for English text. Source: https://help.openai.com/en/articles/4936856
const charactersPerToken = 4;
const countTokens = (text: string) => Math.ceil(text.length / charactersPerToken);

/** Deterministic, except for the time; `createdAt` in milliseconds since 1970. */
export function complete(request: CompletionRequest, createdAt: number) {
  const prompt = request.messages.map(textOf);
  const digest = createHash('sha256')
    .update(`${request.model}\n${prompt.join('\n')}`)
    .digest();
  const whole = answers[digest.readUInt32BE(0) % answers.length] ?? answers[0];
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? Number.MAX_SAFE_INTEGER;
  const isCut = countTokens(whole) > maxTokens;
  const answer = isCut ? whole.slice(0, maxTokens * charactersPerToken) : whole;
  const promptTokens = prompt.reduce((sum, text) => sum + countTokens(text), 0);
  const completionTokens = countTokens(answer);
  return {
    id: `chatcmpl-${digest.toString('hex').slice(0, 29)}`,
    object: 'chat.completion',
    created: Math.floor(createdAt / 1_000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: isCut ? 'length' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

function textOf({ content }: CompletionRequest['messages'][number]): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
