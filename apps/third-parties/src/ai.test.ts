import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningThirdParties, startThirdParties } from './testing/running-third-parties.ts';

const path = '/ai/v1/chat/completions';
const question = {
  model: 'galley-small',
  messages: [
    { role: 'system', content: 'You help customers.' },
    { role: 'user', content: 'Where is my order?' },
  ],
};
let thirdParties: RunningThirdParties;

beforeAll(async () => {
  thirdParties = await startThirdParties();
});
afterAll(() => thirdParties.stop());

test("answers in OpenAI's format, with token counts", async () => {
  const { status, body } = await thirdParties.send(path, { ...question, temperature: 0.2 });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: expect.stringMatching(/^chatcmpl-[0-9a-f]{29}$/),
    object: 'chat.completion',
    created: Date.parse('2026-01-31T03:00:00Z') / 1_000,
    model: 'galley-small',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: expect.any(String), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 10,
      completion_tokens: expect.any(Number),
      total_tokens: expect.any(Number),
    },
  });
  const { prompt_tokens, completion_tokens, total_tokens } = body.usage;
  expect(total_tokens).toBe(prompt_tokens + completion_tokens);
});

test('gives the same answer to the same question', async () => {
  const answers = [
    await thirdParties.send(path, question),
    await thirdParties.send(path, question),
  ];
  expect(answers[0]?.body).toEqual(answers[1]?.body);
});

test('truncates the answer at the requested number of tokens', async () => {
  const { body } = await thirdParties.send(path, { ...question, max_tokens: 3 });
  expect(body.choices[0].finish_reason).toBe('length');
  expect(body.usage.completion_tokens).toBe(3);
});

test.each([
  ['429', 'rate_limit_error'],
  ['500', 'server_error'],
  ['401', 'authentication_error'],
])('fails with %s as the provider does', async (status, type) => {
  const answer = await thirdParties.send(path, question, { 'x-stand-in-status': status });
  expect(answer.status).toBe(Number(status));
  expect(answer.body).toEqual({
    error: {
      message: `The stand-in injected the status ${status}.`,
      type,
      param: null,
      code: 'stand_in_failure',
    },
  });
});

test.each([
  [{ ...question, messages: [] }, 'messages'],
  [{ ...question, stream: true }, 'stream'],
  [{ messages: question.messages }, 'model'],
  ['{"model"', null],
])('refuses %j in the shape of OpenAI', async (body, param) => {
  const answer = await thirdParties.send(path, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', param });
});
