import type { Random } from '../random.ts';
import type { Order, Restaurant } from '../target/answers.ts';
import { order, refusal, restaurant, restaurantList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';

/** What an order consists of. */
export interface OrderBody {
  readonly customerId: string;
  readonly restaurantId: string;
  readonly items: readonly { readonly dishId: string; readonly quantity: number }[];
}

/** One customer: what they can do, each time with the answer they should get. */
export interface Customer {
  readonly random: Random;
  /** A new id; not from the seed, because a second run must not repeat the first one's orders. */
  newId(): string;
  /** Looks at the list, then at one restaurant of it. */
  chooseRestaurant(): Promise<Restaurant>;
  /** Chooses one to three dishes. */
  chooseDishes(restaurant: Restaurant): OrderBody;
  /** @param expectedStatus 201 for a new order, 200 for one sent before */
  placeOrder(body: OrderBody, key: string, expectedStatus?: 201 | 200): Promise<Order>;
  readOrder(id: string): Promise<Order>;
  changeOrder(order: Order, to: string): Promise<Order>;
  /** Sends what must be refused. */
  provoke(request: Provocation): Promise<void>;
}

/** A request that must be refused with `expectedStatus`. */
export type Provocation = Omit<Parameters<Client['send']>[0], 'answer'>;

const api = '/api/v1';

/** Makes the customer of one visit. */
export function createCustomer(client: Client, random: Random, newId: () => string): Customer {
  return {
    random,
    newId,
    async chooseRestaurant() {
      const { items } = await client.send({
        operation: 'list_restaurants',
        path: `${api}/restaurants?limit=${random.pick([5, 10, 20])}`,
        expectedStatus: 200,
        answer: restaurantList,
      });
      const path = `${api}/restaurants/${random.pick(items).id}`;
      return client.send({
        operation: 'read_restaurant',
        path,
        expectedStatus: 200,
        answer: restaurant,
      });
    },
    chooseDishes: (chosen) => ({
      customerId: newId(),
      restaurantId: chosen.id,
      items: pickDishes(chosen, random),
    }),
    placeOrder: (body, key, expectedStatus = 201) =>
      client.send({ ...orderRequest(body, key), expectedStatus, answer: order }),
    readOrder: (id) =>
      client.send({
        operation: 'read_order',
        path: `${api}/orders/${id}`,
        expectedStatus: 200,
        answer: order,
      }),
    changeOrder: (current, to) =>
      client.send({ ...changeRequest(current, to), expectedStatus: 200, answer: order }),
    async provoke(request) {
      await client.send({ ...request, answer: refusal });
    },
  };
}

/** The request that places an order. */
export function orderRequest(body: unknown, key: string | undefined) {
  return {
    operation: 'create_order',
    method: 'POST',
    path: `${api}/orders`,
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body,
  } as const;
}

/** The request that changes the status of an order, as of the version the customer has seen. */
export function changeRequest({ id, version }: Order, to: string) {
  return {
    operation: 'change_order',
    method: 'POST',
    path: `${api}/orders/${id}/transitions`,
    body: { to, version },
  } as const;
}

/** Each dish once, as the api demands. */
function pickDishes({ dishes }: Restaurant, random: Random): OrderBody['items'] {
  const left = [...dishes];
  const count = Math.min(random.integer(1, 3), left.length);
  return Array.from({ length: count }, () => {
    const [dish] = left.splice(random.integer(0, left.length - 1), 1);
    return { dishId: dish?.id ?? '', quantity: random.integer(1, 4) };
  });
}
