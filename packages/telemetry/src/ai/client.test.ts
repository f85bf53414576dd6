import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { eventually } from '@watchkeeper/testing/waiting';
import OpenAI from 'openai';
import { instrumentAiClient } from '../index.ts';
import {
  type AiProvider,
  quotedPrompt as prompt,
  startAiProvider,
} from '../testing/ai-provider.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

const spans = startTestTracing();
const messages = [{ role: 'user' as const, content: prompt }];
let provider: AiProvider;
let service: TestTelemetry;
let client: OpenAI;

/** Jest's realm has an `Error` of its own, which the client does not know an aborted fetch by. */
const realmFetch: typeof fetch = (url, init) =>
  fetch(url, init).catch(({ name, message }) => {
    throw Object.assign(new Error(message), { name });
  });

beforeAll(async () => {
  provider = await startAiProvider();
});

afterAll(() => provider.close());

beforeEach(async () => {
  spans.reset();
  service = await createTestTelemetry();
  const { baseURL } = provider;
  client = new OpenAI({ apiKey: 'key', baseURL, maxRetries: 0, fetch: realmFetch });
  expect(instrumentAiClient(client, service.telemetry, { provider: 'openai' })).toBe(client);
});

const metricLines = async () => (await service.telemetry.renderMetrics()).split('\n');
const requestsLine = (model: string, result: string) =>
  `ai_requests_total{provider="openai",model="${model}",result="${result}"} 1`;

test('measures an answer and describes it on a span in the GenAI conventions', async () => {
  const completion = await client.chat.completions.create({ model: 'answers', messages });
  expect(completion.choices[0]?.message.content).toBe('{}');
  const lines = await metricLines();
  const labels = 'provider="openai",model="answers"';
  expect(lines).toContain(requestsLine('answers', 'success'));
  expect(lines).toContain(`ai_tokens_used_total{${labels},type="prompt"} 12`);
  expect(lines).toContain(`ai_tokens_used_total{${labels},type="completion"} 5`);
  expect(lines).toContain(`ai_request_duration_seconds_count{${labels}} 1`);
  expect(spans.all()).toHaveLength(1);
  expect(spans.named('chat answers')[0]?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'answers',
    'server.address': '127.0.0.1',
    'server.port': provider.port,
    'gen_ai.response.model': 'gpt-x-2026',
    'gen_ai.response.id': 'chat-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 5,
  });
});

test('has the series of failures of a model before its first one', async () => {
  await client.chat.completions.create({ model: 'answers', messages });
  const lines = await metricLines();
  for (const result of ['error', 'timeout']) {
    expect(lines).toContain(requestsLine('answers', result).replace(/ 1$/, ' 0'));
  }
});

test('measures a streamed answer until it ends', async () => {
  const request = { model: 'streams', messages, stream: true } as const;
  const stream = await client.chat.completions.create(request);
  expect(spans.all()).toHaveLength(0);
  for await (const chunk of stream) expect(chunk.id).toBe('chat-1');
  const [span] = spans.named('chat streams');
  expect(span?.attributes).toMatchObject({
    'gen_ai.request.stream': true,
    'gen_ai.response.time_to_first_chunk': expect.any(Number),
    'gen_ai.usage.output_tokens': 5,
  });
  expect(hrTimeToMilliseconds(span?.duration ?? [0, 0])).toBeGreaterThan(50);
  expect(await metricLines()).toContain(requestsLine('streams', 'success'));
});

test('ends with a stream that its reader leaves', async () => {
  const request = { model: 'streams', messages, stream: true } as const;
  for await (const _ of await client.chat.completions.create(request)) break;
  expect(await metricLines()).toContain(requestsLine('streams', 'success'));
});

test.each([
  ['parse', () => client.chat.completions.parse({ model: 'answers', messages })],
  [
    'withResponse',
    () => client.chat.completions.create({ model: 'answers', messages }).withResponse(),
  ],
  [
    'asResponse',
    () =>
      client.chat.completions
        .create({ model: 'answers', messages })
        .asResponse()
        .then((response) => response.json()),
  ],
])('leaves %s of the client as it is and counts it once', async (_name, call) => {
  await call();
  await eventually(async () =>
    expect(await metricLines()).toContain(requestsLine('answers', 'success')),
  );
  expect(spans.all()).toHaveLength(1);
});

test('distinguishes a timeout from a refusal of the provider', async () => {
  // The others may take their time: a busy machine is late as well.
  const hangs = client.chat.completions.create({ model: 'hangs', messages }, { timeout: 300 });
  await expect(hangs).rejects.toThrow();
  await expect(client.chat.completions.create({ model: 'refuses', messages })).rejects.toThrow();
  const lines = await metricLines();
  expect(lines).toContain(requestsLine('hangs', 'timeout'));
  expect(lines).toContain(requestsLine('refuses', 'error'));
  expect(service.linesOf('ai_request_failed')).toEqual([
    expect.objectContaining({
      result: 'timeout',
      trace_id: spans.named('chat hangs')[0]?.spanContext().traceId,
      err: expect.objectContaining({ type: 'APIConnectionTimeoutError' }),
    }),
    expect.objectContaining({ result: 'error', status_code: 400, provider: 'openai' }),
  ]);
});

test('distinguishes a cancelled request from a failure', async () => {
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 30);
  const options = { signal: caller.signal };
  const call = client.chat.completions.create({ model: 'hangs', messages }, options);
  await expect(call).rejects.toThrow('aborted');
  expect(await metricLines()).toContain(requestsLine('hangs', 'cancelled'));
});

test('logs neither the prompt nor quotes of it by the provider', async () => {
  await client.chat.completions.create({ model: 'answers', messages });
  await expect(client.chat.completions.create({ model: 'refuses', messages })).rejects.toThrow(
    prompt,
  );
  const written = JSON.stringify([
    service.lines,
    spans.all().map(({ name, attributes, events }) => ({ name, attributes, events })),
  ]);
  expect(written).toContain('The provider answered 400.');
  expect(written).not.toContain('4111');
});
