import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** As on the wire, in order, each as often as it stands here. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** Sends exactly these headers, which no HTTP client does, and resolves to the status and the text. */
export async function sendExactly(
  origin: string,
  { method = 'GET', path = '/', ...rest }: RawRequest,
) {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const { headers, body = '' } = rest;
  const all = [...headers, ['content-length', String(body.length)], ['connection', 'close']];
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
  const answer = await text(socket);
  return { status: Number(answer.split(' ')[1]), text: answer };
}

/** What pages of other sites send, and the status that a server for its own pages alone answers. */
export const foreignRequests = (origin: string) => {
  const { host, port } = new URL(origin);
  const own = ['host', host] as const;
  const rebound = `rebind.attacker.example:${port}`;
  return [
    ['a name that was pointed here', 421, [['host', rebound]]],
    [
      'a name that was pointed here, same origin',
      421,
      [
        ['host', rebound],
        ['origin', `http://${rebound}`],
      ],
    ],
    ['a name that ends in an address', 421, [['host', '127.0.0.1.attacker.example']]],
    ['localhost of a foreign zone', 421, [['host', 'localhost.attacker.example']]],
    ['two hosts', 400, [own, ['host', rebound]]],
    ['two equal hosts', 400, [own, own]],
    ['a host with userinfo', 400, [['host', `attacker.example@${host}`]]],
    ['a host in escapes', 400, [['host', 'attacker%2eexample']]],
    ['a host with a dot of another script', 400, [['host', 'attacker。example']]],
    ['a port that does not exist', 400, [['host', 'localhost:65536']]],
    ['a foreign origin', 403, [own, ['origin', 'https://attacker.example']]],
    ['a hidden origin', 403, [own, ['origin', 'null']]],
    [
      'the origin of a sandboxed frame',
      403,
      [own, ['origin', 'null'], ['sec-fetch-site', 'cross-site']],
    ],
    ['the origin of another port', 403, [own, ['origin', 'http://127.0.0.1:1']]],
    ['another site, without an origin', 403, [own, ['sec-fetch-site', 'cross-site']]],
    ['another port of the same site', 403, [own, ['sec-fetch-site', 'same-site']]],
  ] as const;
};
