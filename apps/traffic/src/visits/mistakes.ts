import { type Customer, changeRequest, orderRequest } from './customer.ts';

const readRequest = { method: 'GET' } as const;

/** Everything a customer can do wrong, each with the refusal that they must get. */
export const mistakes = {
  bad_body: (customer) =>
    customer.provoke({
      ...orderRequest({ customerId: 'me', items: [] }, customer.newId()),
      expectedStatus: 400,
    }),
  missing_key: async (customer) => {
    const body = customer.chooseDishes(await customer.chooseRestaurant());
    await customer.provoke({ ...orderRequest(body, undefined), expectedStatus: 400 });
  },
  unknown_restaurant: (customer) =>
    customer.provoke({
      ...readRequest,
      operation: 'read_restaurant',
      path: `/api/v1/restaurants/${customer.newId()}`,
      expectedStatus: 404,
    }),
  unknown_order: (customer) =>
    customer.provoke({
      ...readRequest,
      operation: 'read_order',
      path: `/api/v1/orders/${customer.newId()}`,
      expectedStatus: 404,
    }),
  malformed_id: (customer) =>
    customer.provoke({
      ...readRequest,
      operation: 'read_order',
      path: '/api/v1/orders/my-order',
      expectedStatus: 400,
    }),
  // A double click: no mistake of the api's if the same order comes back.
  repeated_key: async (customer) => {
    const body = customer.chooseDishes(await customer.chooseRestaurant());
    const key = customer.newId();
    await customer.placeOrder(body, key);
    await customer.placeOrder(body, key, 200);
  },
  reused_key: async (customer) => {
    const body = customer.chooseDishes(await customer.chooseRestaurant());
    const key = customer.newId();
    await customer.placeOrder(body, key);
    const items = body.items.map((item) => ({ ...item, quantity: item.quantity + 1 }));
    await customer.provoke({ ...orderRequest({ ...body, items }, key), expectedStatus: 422 });
  },
  stale_version: async (customer) => {
    const order = await placeSimpleOrder(customer);
    await customer.changeOrder(order, 'confirmed');
    await customer.provoke({ ...changeRequest(order, 'cancelled'), expectedStatus: 409 });
  },
  forbidden_change: async (customer) => {
    const order = await placeSimpleOrder(customer);
    await customer.provoke({ ...changeRequest(order, 'delivered'), expectedStatus: 409 });
  },
} as const satisfies Readonly<Record<string, (customer: Customer) => Promise<void>>>;

const names = Object.keys(mistakes) as (keyof typeof mistakes)[];

/** Makes one mistake, chosen by the customer. */
export function makeMistake(customer: Customer): Promise<void> {
  return mistakes[customer.random.pick(names)](customer);
}

async function placeSimpleOrder(customer: Customer) {
  const body = customer.chooseDishes(await customer.chooseRestaurant());
  return customer.placeOrder(body, customer.newId());
}
