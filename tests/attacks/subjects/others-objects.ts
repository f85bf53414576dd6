import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { callEdge, type Person, signUp } from '../people.ts';
import type { Target } from '../target.ts';

const png = `\u0089PNG\r\n\u001a\n${'\0'.repeat(64)}`;

interface Dish {
  readonly id: string;
}

/** Objects of other people by their ids, and endpoints of other roles. */
export function describeOthersObjects(target: Target): void {
  describe('objects of others', () => {
    let victim: Person;
    let attacker: Person;
    let orderId: string;
    let paymentId: string;

    const key = () => ({ 'idempotency-key': randomUUID() });

    beforeAll(async () => {
      [victim, attacker] = [await signUp(target), await signUp(target)];
      const list = JSON.parse((await callEdge(target, 'GET', '/restaurants')).body);
      const restaurantId = (list.items as Dish[])[0]?.id ?? '';
      const menu = JSON.parse((await callEdge(target, 'GET', `/restaurants/${restaurantId}`)).body);
      const [dish] = menu.dishes as Dish[];
      const order = { restaurantId, items: [{ dishId: dish?.id, quantity: 1 }] };
      const placed = await victim.call('POST', '/orders', order, key());
      orderId = JSON.parse(placed.body).id;
      const payment = await victim.call('POST', `/orders/${orderId}/payments`, { method: 'card' });
      paymentId = JSON.parse(payment.body).id;
      expect([placed.status, payment.status]).toEqual([201, 201]);
    });

    test('an order is seen, changed and paid by its people alone', async () => {
      expect((await victim.call('GET', `/orders/${orderId}`)).status).toBe(200);
      const cancel = { to: 'cancelled', version: 1 };
      const answers = [
        await attacker.call('GET', `/orders/${orderId}`),
        await attacker.call('POST', `/orders/${orderId}/transitions`, cancel),
        await attacker.call('POST', `/orders/${orderId}/payments`, { method: 'card' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect((await attacker.call('GET', '/orders')).body).not.toContain(orderId);
    });

    test('a payment is seen, captured and refunded by its people alone', async () => {
      const path = `/payments/${paymentId}`;
      const refund = { amountCents: 100, reason: 'none' };
      const answers = [
        await attacker.call('GET', path),
        await attacker.call('POST', `${path}/capture`, {}, key()),
        await attacker.call('POST', `${path}/refunds`, refund, key()),
      ];
      for (const { status } of answers) expect([403, 404]).toContain(status);
      // Not even the customer refunds: that is for the restaurant.
      expect((await victim.call('POST', `${path}/refunds`, refund, key())).status).toBe(403);
    });

    test('a file is read by its owner alone', async () => {
      const headers = { 'content-type': 'image/png', 'x-file-name': 'a.png' };
      const upload = await fetch(`${target.address('gateway')}/api/v1/attachments`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${victim.accessToken}` },
        body: Buffer.from(png, 'latin1'),
      });
      const { id } = (await upload.json()) as { id: string };
      expect((await victim.call('GET', `/attachments/${id}`)).status).toBe(200);
      expect((await attacker.call('GET', `/attachments/${id}`)).status).toBe(404);
    });

    test.each([
      ['GET', '/webhooks'],
      ['POST', '/webhooks'],
      ['GET', '/webhooks/deliveries'],
      ['POST', '/webhooks/deliveries/redrive'],
      ['GET', '/outbox/dead'],
      ['POST', '/outbox/redrive'],
      ['GET', '/analytics/hours'],
      ['GET', '/analytics/customers'],
      ['GET', '/assignments'],
      ['POST', `/assignments/${randomUUID()}/accept`],
    ])('%s %s is for another role', async (method, path) => {
      const body = method === 'POST' ? {} : undefined;
      expect((await attacker.call(method, path, body)).status).toBe(403);
      expect((await callEdge(target, method, path, { body })).status).toBe(401);
    });

    test('nobody gives themselves a role, an id or a balance', async () => {
      const wish = { roles: ['admin'], role: 'admin', id: victim.id, balanceCents: 1_000_000 };
      await attacker.call('PATCH', '/users/me', { displayName: 'Mallory', ...wish });
      const { body } = await attacker.call('GET', '/users/me');
      expect(JSON.parse(body)).toMatchObject({ id: attacker.id });
      expect(body).not.toContain('admin');
      expect((await attacker.call('GET', '/webhooks')).status).toBe(403);
    });

    test('a profile shows no number, and says nothing of unknown people', async () => {
      const { body } = await attacker.call('GET', `/users/${victim.id}`);
      expect(body).not.toContain(victim.phone);
      expect((await attacker.call('GET', `/users/${randomUUID()}`)).status).toBe(404);
    });
  });
}
