import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { clientOf, orderBody, startCooking } from '../testing/cast.ts';
import { expectBalancedLedger } from '../testing/ledger.ts';
import { useShopWithCards } from '../testing/shop.ts';

const { shop, cards, createPayment } = useShopWithCards();

describe('a wallet', () => {
  test('opens with a credit, pays, and refuses when it is empty', async () => {
    const customer = await shop.api.signIn('customer');
    const rich = clientOf(shop.api, customer);
    expect((await rich.get('/wallet')).body).toEqual({ balanceCents: 100_000, currency: 'EUR' });
    let [paid, refusal]: [number, unknown] = [0, undefined];
    while (refusal === undefined) {
      const { body: order } = await rich.post('/orders', orderBody(shop.menu, 20));
      const { body } = await rich.post(`/orders/${order.id}/payments`, { method: 'wallet' });
      const captured = await rich.post(`/payments/${body.id}/capture`);
      if (captured.status === 200) paid += order.totalCents;
      else refusal = captured.body.details;
    }
    expect(refusal).toMatchObject({
      ...{ ruleViolated: 'INSUFFICIENT_FUNDS', balanceCents: 100_000 - paid },
    });
    expect((await rich.get('/wallet')).body.balanceCents).toBe(100_000 - paid);
  });

  test.each(['before', 'after'])(
    'of the courier gets the fee once, paid %s delivery',
    async (when) => {
      const courier = await shop.api.signIn('courier');
      const asCourier = clientOf(shop.api, courier);
      const { orderId, assignmentId } = await startCooking(shop.cast, shop.menu);
      const path = `/orders/${orderId}/payments`;
      const { body: payment } = await shop.cast.asCustomer.post(path, { method: 'cash' });
      const capture = () => shop.cast.asRestaurant.post(`/payments/${payment.id}/capture`);
      if (when === 'before') await capture();
      for (const step of ['accept', 'pickup', 'deliver', 'deliver']) {
        expect((await asCourier.post(`/assignments/${assignmentId}/${step}`)).status).toBe(200);
      }
      if (when === 'after') await capture();
      const fee = Math.round(payment.amountCents * 0.1);
      expect((await asCourier.get('/wallet')).body.balanceCents).toBe(fee);
    },
  );
});

describe('a refund', () => {
  async function capturedCard() {
    const payment = await createPayment('card');
    await shop.cast.asCustomer.post(`/payments/${payment.id}/capture`);
    return payment;
  }

  test('refunds a part, once per key', async () => {
    const { id, amountCents } = await capturedCard();
    const [path, key] = [`/payments/${id}/refunds`, randomUUID()];
    const wanted = { amountCents: 300, reason: 'one dish was missing' };
    const first = await shop.cast.asRestaurant.post(path, wanted, key);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ ...wanted, paymentId: id, status: 'completed' });
    expect(await shop.cast.asRestaurant.post(path, wanted, key)).toEqual({ ...first, status: 200 });
    const reused = await shop.cast.asRestaurant.post(path, { ...wanted, amountCents: 301 }, key);
    expect(reused.status).toBe(422);
    const rest = { amountCents: amountCents - 300, reason: 'and it was cold' };
    const tooMuch = await shop.cast.asRestaurant.post(path, { ...rest, amountCents });
    expect(tooMuch.body.details.ruleViolated).toBe('REFUND_EXCEEDS_CAPTURE');
    expect((await shop.cast.asRestaurant.post(path, rest)).status).toBe(201);
    expect((await shop.cast.asCustomer.get(`/payments/${id}`)).body).toMatchObject({
      ...{ status: 'refunded', refundedCents: amountCents },
    });
    expect([...cards.card.charges.values()].at(-1)?.refundedCents).toBe(amountCents);
    const { rows } = await shop.api.pool.query(
      "SELECT FROM events.outbox WHERE aggregate_id = $1 AND event_type = 'payment.refunded'",
      [id],
    );
    expect(rows).toHaveLength(2);
  });

  test('is completed by repeating the request after a failure of the card processor', async () => {
    const { id } = await capturedCard();
    const [path, key] = [`/payments/${id}/refunds`, randomUUID()];
    const wanted = { amountCents: 250, reason: 'late' };
    cards.card.behaviour = 'failing';
    expect((await shop.cast.asRestaurant.post(path, wanted, key)).status).toBe(503);
    expect(shop.api.linesOf('payment_refund_failed').at(-1)).toMatchObject({ payment_id: id });
    await expectBalancedLedger(shop.api.pool);
    cards.card.behaviour = 'approved';
    const { status, body } = await shop.cast.asRestaurant.post(path, wanted, key);
    expect([status, body.status]).toEqual([200, 'completed']);
    expect([...cards.card.charges.values()].at(-1)?.refundedCents).toBe(250);
  });

  test('is available to the customer once the order is cancelled, not before', async () => {
    const { id, orderId } = await capturedCard();
    const wanted = { amountCents: 100, reason: 'changed my mind' };
    expect((await shop.cast.asCustomer.post(`/payments/${id}/refunds`, wanted)).status).toBe(403);
    const move = { to: 'cancelled', version: 1 };
    await shop.cast.asCustomer.post(`/orders/${orderId}/transitions`, move);
    expect((await shop.cast.asCustomer.post(`/payments/${id}/refunds`, wanted)).status).toBe(201);
  });

  test('of an uncaptured payment is refused', async () => {
    const { id } = await createPayment('card');
    const wanted = { amountCents: 100, reason: 'early' };
    const { body } = await shop.cast.asRestaurant.post(`/payments/${id}/refunds`, wanted);
    expect(body.details.ruleViolated).toBe('PAYMENT_NOT_CAPTURED');
  });
});
