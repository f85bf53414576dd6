import type { ServerMessage } from '../live/protocol.ts';
import { strangersPhone } from '../people/person.ts';
import { chooseDishes, chooseRestaurant } from './browsing.ts';
import { changeOrder, changeRequest, orderRequest, placeOrder } from './ordering.ts';
import type { Stage } from './stage.ts';

const read = { method: 'GET' } as const;
const api = '/api/v1';

/** Cheap mistakes, each with the expected refusal. */
const cheap = {
  unknown_path: ({ stranger }) =>
    stranger.provoke({ ...read, operation: 'read_nothing', path: '/wp-login.php', expected: 404 }),
  unknown_restaurant: ({ stranger, newId }) =>
    stranger.provoke({
      ...{ ...read, operation: 'read_restaurant', path: `${api}/restaurants/${newId()}` },
      expected: 404,
    }),
  empty_search: ({ stranger }) =>
    stranger.provoke({ ...read, operation: 'search', path: `${api}/search?q=`, expected: 400 }),
  no_token: ({ stranger }) =>
    stranger.provoke({ ...read, operation: 'list_orders', path: `${api}/orders`, expected: 401 }),
  wrong_code: ({ stranger, configuration: { seed } }) =>
    stranger.provoke({
      ...{ operation: 'verify', method: 'POST', path: `${api}/auth/verify`, expected: 401 },
      body: { phone: strangersPhone(seed, 0), code: '000000' },
    }),
  wrong_refresh: ({ stranger, newId }) =>
    stranger.provoke({
      ...{ operation: 'refresh', method: 'POST', path: `${api}/auth/refresh`, expected: 401 },
      body: { refreshToken: newId() },
    }),
  unknown_order: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ ...read, operation: 'read_order', path: `${api}/orders/${stage.newId()}` },
      expected: 404,
    }),
  malformed_id: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ ...read, operation: 'read_order', path: `${api}/orders/my-order`, expected: 400 },
    }),
  bad_body: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ ...orderRequest({ restaurantId: 'here', items: [] }, stage.newId()), expected: 400 },
    }),
  not_a_courier: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ ...read, operation: 'list_assignments', path: `${api}/assignments`, expected: 403 },
    }),
  not_an_admin: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ ...read, operation: 'list_webhooks', path: `${api}/webhooks`, expected: 403 },
    }),
  not_an_image: (stage) =>
    stage.as(stage.pick('customer')).provoke({
      ...{ operation: 'upload', method: 'POST', path: `${api}/attachments`, expected: 415 },
      headers: { 'content-type': 'image/png' },
      bytes: new TextEncoder().encode('This is not an image.'),
    }),
  not_an_order: notAnOrder,
} as const satisfies Readonly<Record<string, (stage: Stage) => Promise<void>>>;

/** Mistakes that need an order, which is cancelled at the end. */
const costly = {
  missing_key: async (stage: Stage) => {
    const body = chooseDishes(await chooseRestaurant(stage), stage.random);
    const client = stage.as(stage.pick('customer'));
    await client.provoke({ ...orderRequest(body, undefined), expected: 400 });
  },
  // A double click gets the same order back.
  repeated_key: (stage: Stage) =>
    withOrder(stage, async ({ client, body, key }) => {
      await placeOrder(client, body, key, 200);
    }),
  reused_key: (stage: Stage) =>
    withOrder(stage, async ({ client, body, key }) => {
      const items = body.items.map((item) => ({ ...item, quantity: item.quantity + 1 }));
      await client.provoke({ ...orderRequest({ ...body, items }, key), expected: 422 });
    }),
  stale_version: (stage: Stage) =>
    withOrder(stage, async ({ client, order }) => {
      const stale = { id: order.id, version: order.version + 1 };
      await client.provoke({ ...changeRequest(stale, 'cancelled'), expected: 409 });
    }),
  forbidden_change: (stage: Stage) =>
    withOrder(stage, async ({ client, order }) => {
      await client.provoke({ ...changeRequest(order, 'delivered'), expected: 403 });
    }),
} as const;

const costlyShare = 0.12;
const cheapNames = Object.keys(cheap) as (keyof typeof cheap)[];
const costlyNames = Object.keys(costly) as (keyof typeof costly)[];

/** Makes a random mistake. */
export function makeMistake(stage: Stage): Promise<void> {
  const { random } = stage;
  if (random.isChance(costlyShare)) return costly[random.pick(costlyNames)](stage);
  return cheap[random.pick(cheapNames)](stage);
}

type PlacedFor = Awaited<ReturnType<typeof place>>;

async function place(stage: Stage) {
  const client = stage.as(stage.pick('customer'));
  const body = chooseDishes(await chooseRestaurant(stage), stage.random);
  const key = stage.newId();
  return { client, body, key, order: await placeOrder(client, body, key) };
}

async function withOrder(stage: Stage, run: (placed: PlacedFor) => Promise<void>): Promise<void> {
  const placed = await place(stage);
  await run(placed);
  await changeOrder(placed.client, placed.order, 'cancelled');
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
