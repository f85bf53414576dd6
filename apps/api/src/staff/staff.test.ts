import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AccountFixture, newPhone, startAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';
import {
  type Cast,
  clientOf,
  createCast,
  firstMenu,
  type Menu,
  orderBody,
} from '../testing/cast.ts';
import type { SignedIn } from '../testing/running-api.ts';

let accounts: AccountFixture;
let cast: Cast;
let menu: Menu;
let restaurants: readonly { id: string }[];

beforeAll(async () => {
  accounts = await startAccounts({
    environment: { STAFF_NUMBERS: 'courier=+1415555????,restaurant=+1415666????' },
  });
  cast = await createCast(accounts.api);
  menu = await firstMenu(accounts.api);
  ({ items: restaurants } = (await cast.asAdmin.get('/restaurants?limit=3')).body);
}, 120_000);

afterAll(() => accounts.stop());

async function staffOf(...restaurantIds: string[]): Promise<SignedIn> {
  const user = await accounts.api.signIn('restaurant');
  await accounts.api.employ(user, restaurantIds);
  return user;
}

/** An order of the first restaurant with a payment. */
async function placeOrder() {
  const { body: order } = await cast.asCustomer.post('/orders', orderBody(menu));
  const payments = `/orders/${order.id}/payments`;
  const { body: payment } = await cast.asCustomer.post(payments, { method: 'cash' });
  return { orderId: order.id as string, paymentId: payment.id as string };
}

test('staff of another restaurant reads, changes, refunds and attaches to nothing', async () => {
  const { orderId, paymentId } = await placeOrder();
  const other = restaurants.find(({ id }) => id !== menu.id)?.id ?? '';
  for (const user of [await staffOf(other), await accounts.api.signIn('restaurant')]) {
    const client = clientOf(accounts.api, user);
    const transition = { to: 'confirmed', version: 1 };
    const refund = { amountCents: 1, reason: 'Because I can' };
    const answers = await Promise.all([
      client.get(`/orders/${orderId}`),
      client.post(`/orders/${orderId}/transitions`, transition),
      client.get(`/payments/${paymentId}`),
      client.post(`/payments/${paymentId}/capture`),
      client.post(`/payments/${paymentId}/refunds`, refund),
      client.get(`/orders?restaurantId=${menu.id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(404));
    const attached = await fetch(`${accounts.api.base}/api/v1/attachments?orderId=${orderId}`, {
      method: 'POST',
      headers: { ...user.headers, 'content-type': 'application/pdf', 'x-file-name': 'a.pdf' },
      body: '%PDF-1.7 and more',
    });
    expect(attached.status).toBe(404);
  }
});

test('staff of the restaurant reads its orders, and those of no other', async () => {
  const { orderId } = await placeOrder();
  const client = clientOf(accounts.api, await staffOf(menu.id));
  expect((await client.get(`/orders/${orderId}`)).status).toBe(200);
  const { body } = await client.get(`/orders?restaurantId=${menu.id}`);
  expect(body.items.map(({ id }: { id: string }) => id)).toContain(orderId);
  const moved = await client.post(`/orders/${orderId}/transitions`, {
    to: 'confirmed',
    version: 1,
  });
  expect(moved.status).toBe(200);
});

test('an administrator grants and revokes roles, which end the sessions with the old one', async () => {
  const phone = newPhone();
  const { body } = await accounts.join(phone);
  const { id } = body.user as { id: string };
  const asUser = (token: unknown) => accounts.call('GET', '/users/me', undefined, bearer(token));
  const restaurantIds = restaurants.slice(0, 2).map((restaurant) => restaurant.id);
  const granted = await cast.asAdmin.post('/staff', { phone, role: 'restaurant', restaurantIds });
  expect(granted).toMatchObject({ status: 200, body: { userId: id, role: 'restaurant' } });
  expect((await asUser(body.accessToken)).status).toBe(401);

  const login = { phone, password: 'correct horse battery' };
  const again = (await accounts.call('POST', '/auth/login', login)).body;
  expect(again.user).toMatchObject({ roles: ['restaurant'] });
  const listed = (await cast.asAdmin.get('/staff?limit=100')).body.items;
  expect(listed).toContainEqual(
    expect.objectContaining({ userId: id, restaurantIds: [...restaurantIds].sort() }),
  );

  const { headers } = await accounts.api.signIn('admin');
  const path = `/staff/${id}`;
  expect((await accounts.call('DELETE', path, undefined, headers)).status).toBe(204);
  expect((await asUser(again.accessToken)).status).toBe(401);
  expect((await accounts.call('POST', '/auth/login', login)).body.user).toMatchObject({
    roles: ['customer'],
  });
  const [grantLine] = accounts.api.linesOf('staff_grant_completed');
  expect(grantLine).toMatchObject({ staff_id: id, role: 'restaurant', restaurants: 2 });
  expect(accounts.api.linesOf('staff_revoke_completed').at(-1)).toMatchObject({ staff_id: id });
  expect(accounts.api.linesOf('admin_action_completed').at(-1)).toMatchObject({
    method: 'DELETE',
    path: `/api/v1${path}`,
    status_code: 204,
    user_id: expect.any(String),
  });
});

test('nobody but an administrator grants, and an administrator is not demoted', async () => {
  const phone = newPhone();
  await accounts.join(phone);
  const grant = { phone, role: 'courier' };
  for (const client of [cast.asCustomer, cast.asCourier, cast.asRestaurant]) {
    expect((await client.post('/staff', grant)).status).toBe(403);
    expect((await client.get('/staff')).status).toBe(403);
  }
  const admin = await accounts.api.signIn('admin');
  const path = `/staff/${admin.userId}`;
  const refused = await accounts.call('DELETE', path, undefined, admin.headers);
  expect(refused).toMatchObject({ status: 409, body: { details: expect.anything() } });
  const restaurantIds = [randomUUID()];
  const unknown = { phone, role: 'restaurant', restaurantIds };
  expect((await cast.asAdmin.post('/staff', unknown)).status).toBe(422);
  expect((await cast.asAdmin.post('/staff', { ...grant, phone: newPhone() })).status).toBe(404);
  const login = { phone, password: 'correct horse battery' };
  expect((await accounts.call('POST', '/auth/login', login)).body.user).toMatchObject({
    roles: ['customer'],
  });
});

test('configured numbers are staff once confirmed, and only then', async () => {
  const courier = (await accounts.join('+14155550123')).body;
  expect(courier.user).toMatchObject({ roles: ['courier'] });
  const kitchen = (await accounts.join('+14156660123')).body;
  const list = `/orders?restaurantId=${menu.id}`;
  const { status } = await accounts.call('GET', list, undefined, bearer(kitchen.accessToken));
  expect(status).toBe(200);
});
