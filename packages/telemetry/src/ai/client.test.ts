import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import OpenAI from 'openai';
import { instrumentAiClient } from '../index.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

const spans = startTestTracing();
const prompt = 'my card is 4111';
const messages = [{ role: 'user' as const, content: prompt }];
const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const choice = { index: 0, message: { role: 'assistant', content: '{}' }, finish_reason: 'stop' };
const answer = { id: 'chat-1', model: 'gpt-x-2026', object: 'chat.completion', usage };

let server: Server;
let service: TestTelemetry;
let client: OpenAI;

function sendChunks(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const part of [{ choices: [{ delta: { content: 'a' } }] }, { choices: [], usage }]) {
    const chunk = { id: 'chat-1', model: 'gpt-x-2026', object: 'chat.completion.chunk', ...part };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  setTimeout(() => response.end('data: [DONE]\n\n'), 60);
}

/** What the provider does is chosen by the model that is asked for. */
const behaviours: Record<string, (response: ServerResponse) => void> = {
  streams: sendChunks,
  hangs: () => {},
  refuses: (response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `No: ${prompt}`, code: 'bad_prompt' } }));
  },
  answers: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...answer, choices: [choice] }));
  },
};

/** Jest's realm has an `Error` of its own, which the client does not know an aborted fetch by. */
const realmFetch: typeof fetch = (url, init) =>
  fetch(url, init).catch(({ name, message }) => {
    throw Object.assign(new Error(message), { name });
  });

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    behaviours[JSON.parse(body).model]?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  spans.reset();
  service = await createTestTelemetry();
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  client = new OpenAI({ apiKey: 'key', baseURL, maxRetries: 0, timeout: 300, fetch: realmFetch });
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
    'server.port': (server.address() as AddressInfo).port,
    'gen_ai.response.model': 'gpt-x-2026',
    'gen_ai.response.id': 'chat-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 5,
  });
});

test('describes what a request asks for, and nothing of its words', async () => {
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
  expect((span?.duration[1] ?? 0) / 1e6).toBeGreaterThan(50);
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
  await sleep(5);
  expect(await metricLines()).toContain(requestsLine('answers', 'success'));
  expect(spans.all()).toHaveLength(1);
});

test('tells a provider that is late from one that refuses', async () => {
  await expect(client.chat.completions.create({ model: 'hangs', messages })).rejects.toThrow();
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

test('tells a caller that gave up from a failure', async () => {
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 30);
  const options = { signal: caller.signal };
  const call = client.chat.completions.create({ model: 'hangs', messages }, options);
  await expect(call).rejects.toThrow('aborted');
  expect(await metricLines()).toContain(requestsLine('hangs', 'cancelled'));
});

test('writes neither the prompt nor what the provider quotes of it', async () => {
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
