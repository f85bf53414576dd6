import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request for a completion, as the provider got it. */
interface CompletionRequest {
  readonly model: string;
  readonly max_completion_tokens: number;
  readonly messages: readonly { role: string; content: string }[];
}

/** An AI provider of OpenAI's protocol that a test can look into. */
export interface TestAiProvider {
  readonly url: string;
  readonly requests: CompletionRequest[];
  /** How it answers each model from now on; models it does not name answer well. */
  behaviour: Record<string, 'failing' | 'silent' | 'empty'>;
  stop(): void;
}

export async function startAiProvider(): Promise<TestAiProvider> {
  const requests: CompletionRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as CompletionRequest;
    requests.push(body);
    const behaviour = provider.behaviour[body.model];
    if (behaviour === 'silent') return;
    response.setHeader('content-type', 'application/json');
    response.statusCode = behaviour === 'failing' ? 500 : 200;
    const content = behaviour === 'empty' ? null : `${body.model} says hello`;
    response.end(
      JSON.stringify({
        model: body.model,
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: TestAiProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ai/v1`,
    requests,
    behaviour: {},
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}
