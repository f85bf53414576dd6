import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Client, clientOf, startCooking } from '../testing/cast.ts';
import type { SignedIn } from '../testing/running-api.ts';
import { useShop } from '../testing/shop.ts';

const shop = useShop();

async function idsOf(client: Client, status: 'offered' | 'mine'): Promise<string[]> {
  const { body } = await client.get(`/assignments?status=${status}&limit=100`);
  return body.items.map(({ id }: { id: string }) => id);
}

/** Sends the request again, as clients do, while all connections to the database are taken. */
async function accept(client: Client, assignmentId: string) {
  for (;;) {
    const answer = await client.post(`/assignments/${assignmentId}/accept`);
    if (answer.status !== 503) return answer;
  }
}

test('a delivery goes from the offer to the customer', async () => {
  const { asCourier, asCustomer, courier } = shop.cast;
  const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
  expect(await idsOf(asCourier, 'offered')).toContain(assignmentId);
  const accepted = await asCourier.post(`/assignments/${assignmentId}/accept`);
  expect(accepted.body).toMatchObject({ orderId, courierId: courier.userId, status: 'accepted' });
  expect(await idsOf(asCourier, 'offered')).not.toContain(assignmentId);
  expect(await idsOf(asCourier, 'mine')).toEqual([assignmentId]);
  const pickedUp = await asCourier.post(`/assignments/${assignmentId}/pickup`);
  expect(pickedUp.body).toMatchObject({ status: 'picked_up' });
  expect((await asCustomer.get(`/orders/${orderId}`)).body).toMatchObject({
    ...{ status: 'delivering', courierId: courier.userId, assignment: { status: 'picked_up' } },
  });
  const delivered = await asCourier.post(`/assignments/${assignmentId}/deliver`);
  expect(delivered.body).toMatchObject({ status: 'delivered' });
  expect((await asCustomer.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'delivered' });
  expect(await idsOf(asCourier, 'mine')).toEqual([]);
});

describe('accepting a delivery', () => {
  test('gives it to one of a hundred couriers', async () => {
    const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
    const couriers: SignedIn[] = [];
    while (couriers.length < 100) couriers.push(await shop.api.signIn('courier'));
    const before = shop.api.linesOf('shipping_assignment_conflict').length;
    const answers = await Promise.all(
      couriers.map((courier) => accept(clientOf(shop.api, courier), assignmentId)),
    );
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter(({ status }) => status === 409);
    expect([winners.length, losers.length]).toEqual([1, 99]);
    for (const { body } of losers) expect(body.details.ruleViolated).toBe('ASSIGNMENT_TAKEN');
    const { body: order } = await shop.cast.asCustomer.get(`/orders/${orderId}`);
    expect(order.courierId).toBe(winners[0]?.body.courierId);
    const { rowCount } = await shop.api.pool.query(
      "SELECT FROM events.outbox WHERE aggregate_id = $1 AND event_type = 'delivery.assigned'",
      [orderId],
    );
    expect(rowCount).toBe(1);
    expect(shop.api.linesOf('shipping_assignment_conflict').length - before).toBe(99);
    expect(shop.api.linesOf('shipping_assignment_conflict').at(-1)).toMatchObject({
      ...{ level: 'warn', assignment_id: assignmentId, courier_id: expect.any(String) },
      reason: 'ASSIGNMENT_TAKEN',
    });
    expect(await shop.api.telemetry.renderMetrics()).toMatch(
      /delivery_assignments_total\{result="conflict"\} 99/,
    );
  }, 120_000);

  test('repeats the response to its courier', async () => {
    const { assignmentId } = await startCooking(shop.cast, shop.menu);
    const path = `/assignments/${assignmentId}/accept`;
    const first = await shop.cast.asCourier.post(path);
    expect(await shop.cast.asCourier.post(path)).toEqual(first);
  });

  test('refuses a cancelled delivery', async () => {
    const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
    await shop.cast.asCustomer.post(`/orders/${orderId}/transitions`, {
      to: 'cancelled',
      version: 3,
    });
    const { status, body } = await shop.cast.asCourier.post(`/assignments/${assignmentId}/accept`);
    expect(status).toBe(409);
    expect(body.details.ruleViolated).toBe('ASSIGNMENT_CANCELLED');
  });

  test('and a concurrent cancellation have one consistent outcome', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
      await Promise.all([
        shop.cast.asCourier.post(`/assignments/${assignmentId}/accept`),
        shop.cast.asCustomer.post(`/orders/${orderId}/transitions`, {
          to: 'cancelled',
          version: 3,
        }),
      ]);
      const { body } = await shop.cast.asCustomer.get(`/orders/${orderId}`);
      expect(body).toMatchObject({ status: 'cancelled', assignment: { status: 'cancelled' } });
    }
  });
});

test("another courier's delivery is as if it were not there", async () => {
  const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
  await shop.cast.asCourier.post(`/assignments/${assignmentId}/accept`);
  const asOther = clientOf(shop.api, await shop.api.signIn('courier'));
  expect((await asOther.post(`/assignments/${assignmentId}/pickup`)).status).toBe(404);
  const move = { to: 'delivering', version: 3 };
  expect((await asOther.post(`/orders/${orderId}/transitions`, move)).status).toBe(404);
  expect((await shop.cast.asCourier.post(`/orders/${orderId}/transitions`, move)).status).toBe(200);
});

test.each([
  ['deliver', 409],
  ['pickup', 200],
])('who has accepted and says %s is answered with %d', async (step, expected) => {
  const { assignmentId } = await startCooking(shop.cast, shop.menu);
  await shop.cast.asCourier.post(`/assignments/${assignmentId}/accept`);
  const { status } = await shop.cast.asCourier.post(`/assignments/${assignmentId}/${step}`);
  expect(status).toBe(expected);
});

test('an unknown delivery is answered with 404, a customer with 403', async () => {
  const path = `/assignments/${randomUUID()}/accept`;
  expect((await shop.cast.asCourier.post(path)).status).toBe(404);
  expect((await shop.cast.asCustomer.post(path)).status).toBe(403);
});
