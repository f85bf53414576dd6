import type { ServerMessage } from '../live/protocol.ts';
import { strangersPhone } from '../people/person.ts';
import { chooseDishes, chooseRestaurant } from './browsing.ts';
import { changeRequest, onceRequest } from './ordering.ts';
import type { Stage } from './stage.ts';

type Mistake = (stage: Stage) => Promise<void>;

const unknownRegistration = (phone: string) => ({
  ...{ phone, registrationId: 'A'.repeat(43), code: '000000' },
});

const asCustomer = (stage: Stage) => stage.as(stage.pick('customer'));

/** Cheap mistakes, each with the expected refusal. */
const cheap: Readonly<Record<string, Mistake>> = {
  unknown_path: ({ stranger }) => stranger.provoke('read_nothing', 404),
  unknown_restaurant: ({ stranger, newId }) =>
    stranger.provoke('read_restaurant', 404, { id: newId() }),
  empty_search: ({ stranger }) => stranger.provoke('search', 400, { query: { q: '' } }),
  no_token: ({ stranger }) => stranger.provoke('list_orders', 401),
  wrong_code: ({ stranger, configuration: { seed } }) =>
    stranger.provoke('verify', 401, { body: unknownRegistration(strangersPhone(seed, 0)) }),
  wrong_refresh: ({ stranger, newId }) =>
    stranger.provoke('refresh', 401, { body: { refreshToken: newId() } }),
  unknown_order: (stage) => asCustomer(stage).provoke('read_order', 404, { id: stage.newId() }),
  malformed_id: (stage) => asCustomer(stage).provoke('read_order', 400, { id: 'my-order' }),
  bad_body: (stage) => {
    const request = onceRequest({ restaurantId: 'here', items: [] }, stage.newId());
    return asCustomer(stage).provoke('create_order', 400, request);
  },
  not_a_courier: (stage) => asCustomer(stage).provoke('list_assignments', 403),
  not_an_admin: (stage) => asCustomer(stage).provoke('list_webhooks', 403),
  not_an_image: (stage) =>
    asCustomer(stage).provoke('upload', 415, {
      headers: { 'content-type': 'image/png' },
      bytes: new TextEncoder().encode('This is not an image.'),
    }),
  not_an_order: notAnOrder,
};

/** Mistakes that need an order, which is cancelled at the end. */
const costly: Readonly<Record<string, Mistake>> = {
  missing_key: async (stage) => {
    const body = chooseDishes(await chooseRestaurant(stage), stage.random);
    await asCustomer(stage).provoke('create_order', 400, { body });
  },
  // A double click gets the same order back.
  repeated_key: (stage) =>
    withOrder(stage, async ({ client, body, key }) => {
      await client.send('create_order', { ...onceRequest(body, key), expected: 200 });
    }),
  reused_key: (stage) =>
    withOrder(stage, ({ client, body, key }) => {
      const items = body.items.map((item) => ({ ...item, quantity: item.quantity + 1 }));
      return client.provoke('create_order', 422, onceRequest({ ...body, items }, key));
    }),
  stale_version: (stage) =>
    withOrder(stage, ({ client, order: { id, version } }) => {
      const request = changeRequest({ id, version: version + 1 }, 'cancelled');
      return client.provoke('change_order', 409, request);
    }),
  forbidden_change: (stage) =>
    withOrder(stage, ({ client, order }) =>
      client.provoke('change_order', 403, changeRequest(order, 'delivered')),
    ),
};

const costlyShare = 0.12;

/** Makes a random mistake. */
export function makeMistake(stage: Stage): Promise<void> {
  const mistakes = stage.random.isChance(costlyShare) ? costly : cheap;
  return stage.random.pick(Object.values(mistakes))(stage);
}

async function place(stage: Stage) {
  const client = asCustomer(stage);
  const body = chooseDishes(await chooseRestaurant(stage), stage.random);
  const key = stage.newId();
  return { client, body, key, order: await client.send('create_order', onceRequest(body, key)) };
}

type Placed = Awaited<ReturnType<typeof place>>;

async function withOrder(stage: Stage, run: (placed: Placed) => Promise<void>): Promise<void> {
  const placed = await place(stage);
  await run(placed);
  await placed.client.send('change_order', changeRequest(placed.order, 'cancelled'));
}

/** Subscribes to an unknown order over the WebSocket. */
async function notAnOrder(stage: Stage): Promise<void> {
  const connection = stage.connectionOf(stage.pick('customer'));
  if (connection === undefined) return;
  const isExpected = ({ requestType }: ServerMessage<'error'>) => requestType === 'order.subscribe';
  const refused = stage.expect(connection, 'error', isExpected);
  connection.send('order.subscribe', { orderId: stage.newId() });
  await refused;
}
