import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A text message as the provider got it. */
interface TextMessage {
  readonly to: string;
  readonly text: string;
}

/** An SMS provider that a test can look into. */
export interface TestSmsProvider {
  readonly url: string;
  readonly messages: TextMessage[];
  /** The status of its responses from now on. */
  statusCode: number;
  /** Waits for the newest code that was sent to a number, after the first `known` messages. */
  codeOf(phone: string, known?: number): Promise<string>;
  stop(): void;
}

export async function startSmsProvider(): Promise<TestSmsProvider> {
  const messages: TextMessage[] = [];
  const server = createServer(async (request, response) => {
    messages.push((await json(request)) as TextMessage);
    response.statusCode = provider.statusCode;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: TestSmsProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    statusCode: 201,
    async codeOf(phone, known = 0) {
      // A busy machine may take seconds for the hash before it.
      for (let i = 0; i < 2_000; i += 1) {
        const texts = messages.filter(({ to }) => to === phone).slice(known);
        const code = /(\d{6})$/.exec(texts.at(-1)?.text ?? '')?.[1];
        if (code !== undefined) return code;
        await sleep(10);
      }
      throw new Error('Expected a message with a code.');
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}
