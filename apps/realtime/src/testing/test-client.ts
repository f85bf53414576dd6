import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { waitUntil } from '@watchkeeper/testing/waiting';
import WebSocket from 'ws';

/** A message as the server sent it. */
interface Incoming {
  readonly type: string;
  readonly traceparent?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what each type carries is what the tests look at.
  readonly data: any;
}

/** A client of the hub. */
export interface TestClient {
  readonly socket: WebSocket;
  /** Everything that came so far. */
  readonly received: readonly Incoming[];
  send(type: string, data?: unknown, more?: object): void;
  /** The next message of the type that was not taken yet and fits; rejects when it does not come. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  next(type: string, fits?: (data: any) => boolean): Promise<any>;
  /** The code and the reason of the close frame; also where it has closed already. */
  closed(): Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

/** Connects, and resolves once the welcome is there. */
export async function connectClient(
  url: string,
  headers: Record<string, string> = {},
): Promise<TestClient> {
  const socket = new WebSocket(url, { headers });
  const received: Incoming[] = [];
  const taken = new Set<Incoming>();
  let end: { code: number; reason: string } | undefined;
  socket.on('message', (text) => received.push(JSON.parse(String(text))));
  socket.on('error', () => {});
  socket.on('close', (code, reason) => {
    end = { code, reason: String(reason) };
  });

  const client: TestClient = {
    socket,
    received,
    send: (type, data = {}, more = {}) => socket.send(JSON.stringify({ type, data, ...more })),
    async next(type, fits = () => true) {
      const found = await waitUntil(() =>
        received.find((each) => each.type === type && !taken.has(each) && fits(each.data)),
      ).catch(() => {
        throw new Error(`Expected \`${type}\`, got ${JSON.stringify(received.slice(-10))}.`);
      });
      taken.add(found);
      return found.data;
    },
    closed: () => waitUntil(() => end),
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close(1000);
      await once(socket, 'close');
    },
  };
  await client.next('welcome');
  return client;
}

/** How an upgrade was refused. */
export interface RefusedUpgrade {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** The ordinary HTTP answer to an upgrade that is refused. */
export async function refusedUpgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<RefusedUpgrade> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const body = (await json(response)) as Record<string, unknown>;
  return { status: response.statusCode, headers: response.headers, body };
}
