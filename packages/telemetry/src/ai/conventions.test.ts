import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import OpenAI from 'openai';
import { instrumentAiClient } from '../index.ts';
import { type AiProvider, quotedPrompt, startAiProvider } from '../testing/ai-provider.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const spans = startTestTracing();
const messages = [{ role: 'user' as const, content: quotedPrompt }];
let provider: AiProvider;
let client: OpenAI;

beforeAll(async () => {
  provider = await startAiProvider();
});

afterAll(() => provider.close());

beforeEach(async () => {
  spans.reset();
  const { telemetry } = await createTestTelemetry();
  const { baseURL } = provider;
  client = new OpenAI({ apiKey: 'key', baseURL, maxRetries: 0 });
  instrumentAiClient(client, telemetry, { provider: 'openai' });
});

test('records the parameters of a request, never its text', async () => {
  await client.chat.completions.create({
    model: 'answers',
    messages,
    ...{ max_completion_tokens: 100, n: 2, seed: 7, temperature: 0, top_p: 0.5 },
    ...{ frequency_penalty: 0.1, presence_penalty: 0.2, stop: 'my card' },
    response_format: { type: 'json_object' },
  });
  const attributes = spans.named('chat answers')[0]?.attributes ?? {};
  const asked = Object.entries(attributes).filter(([name]) =>
    /^gen_ai\.(request|output)/.test(name),
  );
  expect(Object.fromEntries(asked)).toEqual({
    'gen_ai.request.model': 'answers',
    'gen_ai.request.max_tokens': 100,
    'gen_ai.request.choice.count': 2,
    'gen_ai.request.seed': 7,
    'gen_ai.request.temperature': 0,
    'gen_ai.request.top_p': 0.5,
    'gen_ai.request.frequency_penalty': 0.1,
    'gen_ai.request.presence_penalty': 0.2,
    'gen_ai.output.type': 'json',
  });
});

test('uses only names of the conventions', async () => {
  const current = new Set<unknown>(Object.values(conventions));
  await client.chat.completions.create({ model: 'answers', messages });
  const request = { model: 'streams', messages, stream: true } as const;
  for await (const _ of await client.chat.completions.create(request));
  const used = spans.all().flatMap(({ attributes }) => Object.keys(attributes));
  expect(used.filter((name) => !current.has(name))).toEqual([]);
});
