import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One request as the fake api saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

interface FakeOrder {
  readonly id: string;
  status: string;
  version: number;
  readonly body: string;
}

/** How the fake api misbehaves. */
export type Behaviour = 'well' | 'hangs' | 'fails' | 'babbles';

const next: Readonly<Record<string, readonly string[]>> = {
  placed: ['confirmed', 'cancelled'],
  confirmed: ['preparing', 'cancelled'],
  preparing: ['delivering', 'cancelled'],
  delivering: ['delivered'],
};

/** A menu with fixed ids, so that the choices of two runs can be compared. */
const restaurants = [1, 2, 3, 4, 5].map((index) => ({
  id: `00000000-0000-4000-8000-00000000000${index}`,
  dishes: [1, 2, 3, 4].map((dish) => ({ id: `00000000-0000-4000-8000-0000000000${index}${dish}` })),
}));

type Answer = readonly [status: number, body: object];

const refuse = (status: number): Answer => [status, { statusCode: status, requestId: 'r' }];

/** Answers as the documentation says, as far as the traffic can tell. */
function createAnswers(state: { readonly behaviour: Behaviour }) {
  const orders = new Map<string, FakeOrder>();
  const keys = new Map<string, FakeOrder>();

  function place(key: string | undefined, body: { items?: unknown[] }): Answer {
    if (key === undefined || !body.items?.length) return refuse(400);
    const earlier = keys.get(key);
    const text = JSON.stringify(body);
    if (earlier !== undefined) return earlier.body === text ? [200, earlier] : refuse(422);
    const order = { id: randomUUID(), status: 'placed', version: 1, body: text };
    orders.set(order.id, order);
    keys.set(key, order);
    return [201, order];
  }

  function change(order: FakeOrder, { to, version }: { to: string; version: number }): Answer {
    if (order.version !== version || !next[order.status]?.includes(to)) return refuse(409);
    order.status = to;
    order.version += 1;
    return [200, order];
  }

  return (request: IncomingMessage, body: never): Answer => {
    const [, , , resource, id, action] = (request.url ?? '').split(/[/?]/);
    if (state.behaviour === 'fails') return refuse(503);
    if (state.behaviour === 'babbles') return [200, {}];
    if (resource === 'restaurants') {
      if (id === undefined || id.startsWith('limit')) return [200, { items: restaurants }];
      const found = restaurants.find((restaurant) => restaurant.id === id);
      return found === undefined ? refuse(404) : [200, found];
    }
    if (id === undefined) return place(request.headers['idempotency-key'] as string, body);
    if (id === 'my-order') return refuse(400);
    const order = orders.get(id);
    if (order === undefined) return refuse(404);
    return action === 'transitions' ? change(order, body) : [200, order];
  };
}

/** Starts the fake api on a free port. */
export async function startFakeApi() {
  const seen: SeenRequest[] = [];
  const state: { behaviour: Behaviour } = { behaviour: 'well' };
  const answer = createAnswers(state);

  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? ((await json(request)) as never) : undefined;
    const isHanging = state.behaviour === 'hangs';
    const [status, content] = isHanging ? [0, {}] : answer(request, body as never);
    seen.push({ method: request.method ?? '', path: request.url ?? '', body, status });
    if (isHanging) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    state,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
