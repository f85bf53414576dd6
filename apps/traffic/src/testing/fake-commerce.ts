import { randomUUID } from 'node:crypto';
import { type Answer, type ReceivedRequest, type Routes, refuse, signedIn } from './fake-answer.ts';

/** An order as the fake keeps it. */
export interface FakeOrder {
  readonly id: string;
  readonly customerId: string;
  status: string;
  version: number;
  readonly totalCents: number;
  readonly updatedAt: string;
  readonly text: string;
  courierId?: string;
  assignment: { id: string; orderId: string; status: string; offeredAt: string } | null;
}

const next: Readonly<Record<string, readonly string[]>> = {
  placed: ['confirmed', 'cancelled'],
  confirmed: ['preparing', 'cancelled'],
  preparing: ['delivering', 'cancelled'],
  delivering: ['delivered'],
};
const movers: Readonly<Record<string, readonly string[]>> = {
  confirmed: ['restaurant'],
  preparing: ['restaurant'],
  delivering: ['courier'],
  delivered: ['courier'],
  cancelled: ['customer', 'restaurant'],
};

/** A menu with fixed ids, so that the choices of two runs can be compared. */
const restaurants = [1, 2, 3, 4, 5].map((index) => ({
  id: `00000000-0000-4000-8000-00000000000${index}`,
  dishes: [1, 2, 3, 4].map((dish) => ({
    id: `00000000-0000-4000-8000-0000000000${index}${dish}`,
    priceCents: 100 * dish,
  })),
}));

/** Menus, orders, payments and deliveries. @param onChange called after each change of an order */
export function createFakeCommerce(onChange: (order: FakeOrder) => void) {
  const orders = new Map<string, FakeOrder>();
  const keys = new Map<string, FakeOrder>();
  const isoNow = () => new Date().toISOString();

  function place({ headers, body, caller }: ReceivedRequest): Answer {
    const key = headers['idempotency-key'] as string | undefined;
    if (key === undefined || !body.items?.length) return refuse(400);
    const earlier = keys.get(key);
    const text = JSON.stringify(body);
    if (earlier !== undefined) return earlier.text === text ? [200, earlier] : refuse(422);
    const order: FakeOrder = {
      ...{ id: randomUUID(), customerId: caller?.userId ?? '', status: 'placed', version: 1 },
      ...{ totalCents: 1_000, updatedAt: isoNow(), text, assignment: null },
    };
    orders.set(order.id, order);
    keys.set(key, order);
    return [201, order];
  }

  function move(order: FakeOrder, to: string): void {
    order.status = to;
    order.version += 1;
    if (to === 'preparing') {
      const ids = { id: randomUUID(), orderId: order.id };
      order.assignment = { ...ids, status: 'offered', offeredAt: isoNow() };
    }
    onChange(order);
  }

  function change({ caller, body }: ReceivedRequest, id = ''): Answer {
    const order = orders.get(id);
    if (order === undefined) return refuse(404);
    if (!movers[body.to]?.includes(caller?.role ?? '')) return refuse(403);
    if (order.version !== body.version || !next[order.status]?.includes(body.to))
      return refuse(409);
    move(order, body.to);
    return [200, order];
  }

  const ofAssignment = (id: string) =>
    [...orders.values()].find(({ assignment }) => assignment?.id === id);

  function accept({ caller }: ReceivedRequest, id = ''): Answer {
    const order = ofAssignment(id);
    if (order?.assignment?.status !== 'offered') return refuse(409);
    order.assignment.status = 'accepted';
    order.courierId = caller?.userId ?? '';
    return [200, order.assignment];
  }

  const step = (to: string) =>
    signedIn((_received, id = '') => {
      const order = ofAssignment(id);
      if (order?.assignment === null || order === undefined) return refuse(404);
      move(order, to);
      return [200, order.assignment];
    }, 'courier');

  const payment = (status: string) => ({ id: randomUUID(), status, amountCents: 1_000 });
  const list = ({ query }: ReceivedRequest): Answer =>
    query.get('q') === '' ? refuse(400) : [200, { items: restaurants }];
  const routes: Routes = [
    ['GET', /^\/api\/v1\/restaurants$/, list],
    ['GET', /^\/api\/v1\/search$/, list],
    [
      'GET',
      /^\/api\/v1\/restaurants\/(.+)$/,
      (_, id) => found(restaurants.find((r) => r.id === id)),
    ],
    ['POST', /^\/api\/v1\/orders$/, signedIn(place, 'customer')],
    [
      'GET',
      /^\/api\/v1\/orders$/,
      signedIn(() => [200, { items: [...orders.values()].slice(-5) }]),
    ],
    ['GET', /^\/api\/v1\/orders\/my-order$/, signedIn(() => refuse(400))],
    ['GET', /^\/api\/v1\/orders\/([^/]+)$/, signedIn((_, id = '') => found(orders.get(id)))],
    ['POST', /^\/api\/v1\/orders\/([^/]+)\/transitions$/, signedIn(change)],
    ['POST', /^\/api\/v1\/orders\/[^/]+\/payments$/, signedIn(() => [201, payment('pending')])],
    ['POST', /^\/api\/v1\/payments\/[^/]+\/capture$/, signedIn(() => [200, payment('captured')])],
    ['POST', /^\/api\/v1\/payments\/[^/]+\/refunds$/, signedIn(() => [201, payment('completed')])],
    ['GET', /^\/api\/v1\/wallet$/, signedIn(() => [200, { balanceCents: 5_000 }])],
    ['GET', /^\/api\/v1\/assignments$/, signedIn(() => [200, { items: [] }], 'courier')],
    ['POST', /^\/api\/v1\/assignments\/([^/]+)\/accept$/, signedIn(accept, 'courier')],
    ['POST', /^\/api\/v1\/assignments\/([^/]+)\/pickup$/, step('delivering')],
    ['POST', /^\/api\/v1\/assignments\/([^/]+)\/deliver$/, step('delivered')],
  ];
  return { routes, orders };
}

function found(thing: unknown): Answer {
  return thing === undefined ? refuse(404) : [200, thing];
}
