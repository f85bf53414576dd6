import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createFakeAccounts } from './fake-accounts.ts';
import { type Answer, type ReceivedRequest, type Routes, refuse, signedIn } from './fake-answer.ts';
import { createFakeCommerce } from './fake-commerce.ts';
import { createFakeSockets } from './fake-sockets.ts';

/** One request as the fake saw it. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  /** The correlation id, which ties the requests of one visit together. */
  readonly visit: string;
}

/** How the fake misbehaves. */
type Behaviour = 'well' | 'hangs' | 'fails' | 'sends garbage' | 'limits';

/** The gateway with everything behind it, and the SMS stand-in, at one address. */
export type FakeGalley = Awaited<ReturnType<typeof startFakeGalley>>;

const support: Routes = [
  ['POST', /^\/api\/v1\/attachments$/, signedIn(upload)],
  ['GET', /^\/api\/v1\/attachments\/(.+)$/, signedIn(() => [200, { any: 'bytes' }])],
  [
    'POST',
    /^\/api\/v1\/assistant\/questions$/,
    signedIn(() => [200, { answer: 'Soon.', model: 'small' }]),
  ],
  ['GET', /^\/api\/v1\/webhooks$/, signedIn(() => refuse(403))],
];

function upload({ bytes, headers }: ReceivedRequest): Answer {
  const isText = headers['content-type'] === 'image/png' && bytes[0] !== 0x89;
  return isText ? refuse(415) : [201, { id: 'photo', size: bytes.length }];
}

const misbehaviours: Partial<Record<Behaviour, () => Answer>> = {
  fails: () => refuse(503),
  'sends garbage': () => [200, {}],
  limits: () => {
    const [status, body] = refuse(429, { limiter: 'address' });
    return [status, body, { 'retry-after': '1' }];
  },
};

/** Starts the fake on a free port. */
export async function startFakeGalley() {
  const seen: SeenRequest[] = [];
  const state: { behaviour: Behaviour } = { behaviour: 'well' };
  const accounts = createFakeAccounts();
  const commerce = createFakeCommerce((order) => sockets.announce(order));
  const routes = [...accounts.routes, ...commerce.routes, ...support];
  const callerOf = ({ headers }: IncomingMessage) =>
    accounts.callerOf(headers.authorization?.replace('Bearer ', ''));

  function answer(received: ReceivedRequest): Answer {
    const wrong = misbehaviours[state.behaviour];
    if (wrong !== undefined && received.path.startsWith('/api')) return wrong();
    for (const [method, pattern, handler] of routes) {
      const match = method === received.method ? pattern.exec(received.path) : null;
      if (match !== null) return handler(received, ...match.slice(1));
    }
    return refuse(404);
  }

  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const received = read(request, bytes, callerOf(request));
    if (state.behaviour === 'hangs') return void seen.push({ ...received, visit: '', status: 0 });
    const [status, content, headers] = answer(received);
    const visit = String(received.headers['x-correlation-id']);
    seen.push({ ...received, path: request.url ?? '', visit, status });
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(content === undefined ? undefined : JSON.stringify(content));
  });
  const sockets = createFakeSockets(server, {
    userOf: (request) => callerOf(request)?.userId,
    findOrder: (id) => commerce.orders.get(id),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    ...{ seen, state, accounts, sockets, orders: commerce.orders },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      sockets.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

function read(
  request: IncomingMessage,
  bytes: Buffer,
  caller: ReceivedRequest['caller'],
): ReceivedRequest {
  const { method = '', url = '', headers } = request;
  const [path = '', search = ''] = url.split('?', 2);
  const isJson = headers['content-type'] === 'application/json' && bytes.length > 0;
  const body = isJson ? JSON.parse(String(bytes)) : undefined;
  return { method, path, query: new URLSearchParams(search), body, bytes, headers, caller };
}
