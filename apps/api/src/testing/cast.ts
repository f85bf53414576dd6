import { randomUUID } from 'node:crypto';
import { createClient } from './call.ts';
import type { RunningApi, SignedIn } from './running-api.ts';

/** A response of the api. */
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test inspects any response.
  readonly body: any;
}

/** A caller of the api. */
export interface Client {
  get(path: string): Promise<Answer>;
  /** Each request has an idempotency key of its own unless `key` is given. */
  post(path: string, body?: unknown, key?: string): Promise<Answer>;
}

/** The client of this user; signed out without one. */
export function clientOf(api: RunningApi, user?: SignedIn): Client {
  const call = createClient(api.base);
  return {
    get: (path) => call('GET', path, undefined, user?.headers),
    post: (path, body = {}, key = randomUUID()) =>
      call('POST', path, body, { 'idempotency-key': key, ...user?.headers }),
  };
}

/** A restaurant with its dishes. */
export interface Menu {
  readonly id: string;
  readonly dishes: readonly { id: string; priceCents: number }[];
}

/** The menu of the first restaurant. */
export async function firstMenu(api: RunningApi): Promise<Menu> {
  const visitor = clientOf(api);
  const { body } = await visitor.get('/restaurants?limit=1');
  return (await visitor.get(`/restaurants/${body.items[0].id}`)).body;
}

/** An order of the first two dishes. */
export function orderBody(menu: Menu, quantity = 2) {
  const items = menu.dishes.slice(0, 2).map(({ id }) => ({ dishId: id, quantity }));
  return { restaurantId: menu.id, items };
}

/** Everybody who takes part in an order, signed in; the staff of every restaurant. */
export async function createCast(api: RunningApi) {
  const [customer, courier, restaurant, admin] = await Promise.all([
    api.signIn('customer'),
    api.signIn('courier'),
    api.signIn('restaurant'),
    api.signIn('admin'),
  ]);
  await api.employ(restaurant);
  const users = {
    asCustomer: customer,
    asCourier: courier,
    asRestaurant: restaurant,
    asAdmin: admin,
  };
  return {
    ...{ customer, courier },
    /** The headers of one of them; none of `nobody`. */
    headersOf: (name: keyof typeof users | 'nobody') =>
      name === 'nobody' ? {} : users[name].headers,
    asCustomer: clientOf(api, customer),
    asCourier: clientOf(api, courier),
    asRestaurant: clientOf(api, restaurant),
    asAdmin: clientOf(api, admin),
  };
}

/** All of them. */
export type Cast = Awaited<ReturnType<typeof createCast>>;

/** Places an order and has the kitchen begin, so that its delivery is offered. */
export async function startCooking({ asCustomer, asRestaurant }: Cast, menu: Menu) {
  const { body: order } = await asCustomer.post('/orders', orderBody(menu));
  const move = (to: string, version: number) =>
    asRestaurant.post(`/orders/${order.id}/transitions`, { to, version });
  await move('confirmed', 1);
  await move('preparing', 2);
  const { body: details } = await asCustomer.get(`/orders/${order.id}`);
  return { orderId: order.id as string, assignmentId: details.assignment.id as string };
}
