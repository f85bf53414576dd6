import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type Instance, type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

let realtime: RunningRealtime;
let other: Instance;

beforeAll(async () => {
  // A busy machine may keep an instance from renewing its lease for some seconds.
  realtime = await startRealtime({ presenceLeaseMs: 6_000 });
  other = await realtime.startInstance();
}, 60_000);

afterAll(() => realtime.stop());

/** A customer who watches the courier of an order. */
async function watchCourier() {
  const { customerId, courierId } = await realtime.api.place();
  const customer = await realtime.connect(customerId);
  customer.send('presence.query', { userIds: [courierId] });
  expect(await customer.next('presence')).toEqual({ userId: courierId, status: 'offline' });
  return { customer, courierId };
}

test('sends the presence of a courier on any instance', async () => {
  const { customer, courierId } = await watchCourier();
  const [phone, tablet] = [
    await other.connect(courierId),
    await realtime.connect(courierId, 'tablet'),
  ];
  expect(await customer.next('presence')).toEqual({ userId: courierId, status: 'online' });
  // Both devices, or the write could see one connected and the other gone.
  const find = 'SELECT FROM realtime.presence WHERE user_id = $1';
  await waitUntil(async () => (await realtime.pool.query(find, [courierId])).rowCount === 2);
  await phone.close();
  await tablet.close();
  expect(await customer.next('presence')).toEqual({
    userId: courierId,
    status: 'offline',
    lastSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(customer.received.filter(({ type }) => type === 'presence')).toHaveLength(3);
  await customer.close();
});

test('takes the users of a dead instance offline when its lease expires', async () => {
  const { customer, courierId } = await watchCourier();
  const dead = randomUUID();
  await realtime.pool.query(
    `WITH i AS (INSERT INTO realtime.instances VALUES ($1, now() + interval '3 seconds') RETURNING id)
     INSERT INTO realtime.presence (user_id, instance_id) SELECT $2, id FROM i`,
    [dead, courierId],
  );
  customer.send('presence.query', { userIds: [courierId] });
  expect(await customer.next('presence')).toMatchObject({ status: 'online' });
  expect(await customer.next('presence')).toMatchObject({ status: 'offline' });
  await customer.close();
});

test('writes its users again after losing its lease', async () => {
  const { customer, courierId } = await watchCourier();
  const courier = await realtime.connect(courierId);
  expect(await customer.next('presence')).toMatchObject({ status: 'online' });
  await realtime.pool.query('DELETE FROM realtime.instances');
  await realtime.online(courierId);
  await Promise.all([customer.close(), courier.close()]);
});

test('omits when a user was last seen if they hide it', async () => {
  const { customer, courierId } = await watchCourier();
  await realtime.api.hideLastSeen(courierId);
  const courier = await realtime.connect(courierId);
  expect(await customer.next('presence')).toEqual({ userId: courierId, status: 'online' });
  await courier.close();
  expect(await customer.next('presence')).toEqual({ userId: courierId, status: 'offline' });
  await customer.close();
});

test('refuses the presence of a user who has blocked the client', async () => {
  const { customerId, courierId } = await realtime.api.place();
  await realtime.api.block(courierId, customerId);
  const customer = await realtime.connect(customerId);
  customer.send('presence.query', { userIds: [courierId] });
  expect(await customer.next('error')).toMatchObject({ code: 'not_a_counterpart' });
  await customer.close();
});

test('refuses the presence of users without a shared order', async () => {
  const { courierId } = await realtime.api.place();
  const stranger = await realtime.connect();
  stranger.send('presence.query', { userIds: [courierId] });
  expect(await stranger.next('error')).toEqual({
    code: 'not_a_counterpart',
    message: 'Expected every user to share an order with you.',
    requestType: 'presence.query',
  });
  await stranger.close();
});
