import { once } from 'node:events';
import { request as httpRequest } from 'node:http';

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
