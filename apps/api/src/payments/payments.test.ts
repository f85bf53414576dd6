import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { clientOf, orderBody } from '../testing/cast.ts';
import { balanceOf } from '../testing/ledger.ts';
import { useShopWithCards } from '../testing/shop.ts';

const { shop, cards, createPayment } = useShopWithCards();

async function captureCount(method: string, result: string): Promise<number> {
  const text = await shop.api.telemetry.renderMetrics();
  const series = `payment_captures_total{method="${method}",result="${result}"} `;
  return Number(text.split(series)[1]?.split('\n', 1)[0] ?? 0);
}

describe('a payment', () => {
  test('is made once for the total of its order', async () => {
    const { body: order } = await shop.cast.asCustomer.post('/orders', orderBody(shop.menu));
    const path = `/orders/${order.id}/payments`;
    const first = await shop.cast.asCustomer.post(path, { method: 'card' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ status: 'pending', amountCents: order.totalCents });
    expect(await shop.cast.asCustomer.post(path, { method: 'card' })).toEqual({
      ...first,
      status: 200,
    });
    const other = await shop.cast.asCustomer.post(path, { method: 'cash' });
    expect(other.body.details.ruleViolated).toBe('PAYMENT_EXISTS');
    expect((await shop.cast.asRestaurant.post(path, { method: 'cash' })).status).toBe(404);
  });

  test('is not made for a cancelled order', async () => {
    const { body: order } = await shop.cast.asCustomer.post('/orders', orderBody(shop.menu));
    const move = { to: 'cancelled', version: 1 };
    await shop.cast.asCustomer.post(`/orders/${order.id}/transitions`, move);
    const path = `/orders/${order.id}/payments`;
    const { body } = await shop.cast.asCustomer.post(path, { method: 'card' });
    expect(body.details.ruleViolated).toBe('ORDER_CANCELLED');
  });

  test('is visible to nobody else', async () => {
    const payment = await createPayment('card');
    const asOther = clientOf(shop.api, await shop.api.signIn('customer'));
    expect((await asOther.get(`/payments/${payment.id}`)).status).toBe(404);
    expect((await asOther.post(`/payments/${payment.id}/capture`)).status).toBe(404);
    expect((await shop.cast.asCustomer.get(`/payments/${payment.id}`)).body).toEqual(payment);
  });
});

describe('a capture', () => {
  test('splits the money, and logs its start and its end', async () => {
    const before = await Promise.all(['platform', 'courier_pool', 'card'].map(inWallets));
    const { id, orderId, amountCents } = await createPayment('card');
    const { status, body } = await shop.cast.asCustomer.post(`/payments/${id}/capture`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'captured', capturedAt: expect.any(String) });
    const after = await Promise.all(['platform', 'courier_pool', 'card'].map(inWallets));
    expect(after.map((cents, index) => cents - (before[index] ?? 0))).toEqual([
      ...[Math.round(amountCents * 0.15), Math.round(amountCents * 0.1), -amountCents],
    ]);
    const ids = { payment_id: id, order_id: orderId, method: 'card' };
    expect(shop.api.linesOf('payment_capture_started').at(-1)).toMatchObject({
      ...{ ...ids, level: 'info', amount_cents: amountCents, user_id: shop.cast.customer.userId },
    });
    expect(shop.api.linesOf('payment_capture_completed').at(-1)).toMatchObject({
      ...{ ...ids, level: 'info', duration_ms: expect.any(Number) },
    });
    const events = await shop.api.pool.query(
      'SELECT event_type, payload FROM events.outbox WHERE aggregate_id = $1',
      [id],
    );
    expect(events.rows).toEqual([
      {
        event_type: 'payment.captured',
        payload: expect.objectContaining({ orderId, amountCents }),
      },
    ]);
    expect(await shop.api.telemetry.renderMetrics()).toMatch(
      /payment_capture_duration_seconds_count\{method="card"\} [1-9]/,
    );
  });

  const inWallets = (kind: string) => balanceOf(shop.api.pool, kind);

  test('is repeated with its key, and refused with another', async () => {
    const { id } = await createPayment('cash');
    const key = randomUUID();
    const first = await shop.cast.asRestaurant.post(`/payments/${id}/capture`, {}, key);
    expect(await shop.cast.asRestaurant.post(`/payments/${id}/capture`, {}, key)).toEqual(first);
    const { status, body } = await shop.cast.asRestaurant.post(`/payments/${id}/capture`);
    expect(status).toBe(409);
    expect(body.details).toMatchObject({
      ...{ ruleViolated: 'PAYMENT_ALREADY_CAPTURED', currentStatus: 'captured' },
    });
  });

  test('can be replaced after the card was declined', async () => {
    const { id, orderId } = await createPayment('card');
    const declinedBefore = await captureCount('card', 'declined');
    cards.card.behaviour = 'declined';
    const { status, body } = await shop.cast.asCustomer.post(`/payments/${id}/capture`);
    expect(status).toBe(409);
    expect(body.details.ruleViolated).toBe('CARD_DECLINED');
    expect(await captureCount('card', 'declined')).toBe(declinedBefore + 1);
    expect(shop.api.linesOf('payment_capture_declined').at(-1)).toMatchObject({
      rule: 'CARD_DECLINED',
    });
    const next = await shop.cast.asCustomer.post(`/orders/${orderId}/payments`, {
      method: 'wallet',
    });
    expect(next.status).toBe(201);
    expect((await shop.cast.asCustomer.post(`/payments/${next.body.id}/capture`)).status).toBe(200);
  });

  test('fails with the card processor, and charges once after its recovery', async () => {
    const { id, amountCents } = await createPayment('card');
    const [key, chargesBefore] = [randomUUID(), cards.card.charges.size];
    cards.card.behaviour = 'failing';
    const failed = await shop.cast.asCustomer.post(`/payments/${id}/capture`, {}, key);
    expect(failed.status).toBe(503);
    expect(failed.body.message).toBe('The request failed. Quote the request id.');
    expect(await captureCount('card', 'error')).toBe(1);
    expect(shop.api.linesOf('payment_capture_failed').at(-1)).toMatchObject({
      ...{ level: 'error', payment_id: id, err: { stack: expect.any(String) } },
    });
    cards.card.behaviour = 'approved';
    expect((await shop.cast.asCustomer.post(`/payments/${id}/capture`, {}, key)).status).toBe(200);
    const charges = [...cards.card.charges.values()].slice(chargesBefore);
    expect(charges).toEqual([{ chargedCents: amountCents, refundedCents: 0 }]);
  });

  test('refunds the card if the order is cancelled meanwhile', async () => {
    const { id, orderId, amountCents } = await createPayment('card');
    cards.card.onRequest = async (path) => {
      if (path !== '/card/charges') return;
      const move = { to: 'cancelled', version: 1 };
      await shop.cast.asCustomer.post(`/orders/${orderId}/transitions`, move);
    };
    const { status, body } = await shop.cast.asCustomer.post(`/payments/${id}/capture`);
    expect([status, body.details.ruleViolated]).toEqual([409, 'ORDER_CANCELLED']);
    expect([...cards.card.charges.values()].at(-1)).toEqual({
      ...{ chargedCents: amountCents, refundedCents: amountCents },
    });
    expect(shop.api.linesOf('payment_charge_voided').at(-1)).toMatchObject({ payment_id: id });
  });

  test("can't be captured by the customer for cash, or by the restaurant for a card", async () => {
    const [cash, byCard] = [await createPayment('cash'), await createPayment('card')];
    expect((await shop.cast.asCustomer.post(`/payments/${cash.id}/capture`)).status).toBe(403);
    expect((await shop.cast.asRestaurant.post(`/payments/${byCard.id}/capture`)).status).toBe(403);
  });
});
