import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** Where a server is, the only authority to trust, and what to send. */
interface TlsQuestion {
  readonly port: number | undefined;
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Over TLS to this machine; resolves to the status and the body. */
export function askOverTls(path: string, { port, ca, headers = {} }: TlsQuestion) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const options = { host: '127.0.0.1', port, path, headers, ca, agent: false };
  const outgoing = request(options, async (response) => {
    resolve({ status: response.statusCode ?? 0, body: await text(response) });
  });
  outgoing.on('error', reject).end();
  return promise;
}

/** The header of basic auth. */
export const basicAuth = (user: string, password: string) => ({
  authorization: `Basic ${btoa(`${user}:${password}`)}`,
});
