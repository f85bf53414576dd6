import type { ServerResponse } from 'node:http';
import { startServer, type TestServer } from '@watchkeeper/testing/server';

export interface AiProvider extends TestServer {
  readonly baseURL: string;
}

/** The part of the prompt that a refusal quotes, as providers do. */
export const quotedPrompt = 'my card is 4111';

const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const choice = { index: 0, message: { role: 'assistant', content: '{}' }, finish_reason: 'stop' };
const answer = { id: 'chat-1', model: 'gpt-x-2026', object: 'chat.completion', usage };

function sendChunks(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const part of [{ choices: [{ delta: { content: 'a' } }] }, { choices: [], usage }]) {
    const chunk = { id: 'chat-1', model: 'gpt-x-2026', object: 'chat.completion.chunk', ...part };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  setTimeout(() => response.end('data: [DONE]\n\n'), 60);
}

const behaviours: Record<string, (response: ServerResponse) => void> = {
  streams: sendChunks,
  hangs: () => {},
  refuses: (response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `No: ${quotedPrompt}`, code: 'bad_prompt' } }));
  },
  answers: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...answer, choices: [choice] }));
  },
};

/** Starts a provider whose models are called `answers`, `streams`, `refuses` and `hangs`. */
export async function startAiProvider(): Promise<AiProvider> {
  const server = await startServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    behaviours[JSON.parse(body).model]?.(response);
  });
  return { ...server, baseURL: `${server.url}/v1` };
}
