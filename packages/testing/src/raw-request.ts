import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Sends a request whose target and headers are the test's own: `fetch` would tidy them. */
export async function sendRaw(
  base: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const outgoing = httpRequest({ hostname, port, path, method, headers });
  outgoing.end();
  const [answer] = await once(outgoing, 'response');
  const body = Buffer.concat(await answer.toArray());
  return { status: answer.statusCode, headers: answer.headers, body };
}

// After its last answer a server either closes or waits for more; a second is enough for either.
const quietMs = 1_000;

/** Sends bytes as they are over a connection of their own; resolves to all that comes back. */
export function sendBytes(base: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(base);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  let text = '';
  const end = () => {
    socket.destroy();
    resolve(text);
  };
  socket.setTimeout(quietMs, end).on('error', end).on('close', end);
  socket.on('data', (part) => {
    text += part;
  });
  socket.write(bytes, 'latin1');
  return promise;
}
