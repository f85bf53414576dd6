import { callerOf, validate } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import { type RequestHandler, type Response, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { idempotency, identity, notFound } from '../http/resource.ts';
import { isParty } from '../orders/access.ts';
import type { OrderStore } from '../orders/store.ts';
import { plainText } from '../plain-text.ts';
import { assertMayCapture, assertMayRead, assertMayRefund } from './access.ts';
import { paymentMethods } from './catalogue.ts';
import type { Money } from './money.ts';
import { createPayment, findCase, findOfOrder, type PaymentCase } from './store.ts';

const newPayment = z.object({ method: z.enum(paymentMethods) });
// The maximum of an integer column.
const maxCents = 2_147_483_647;
const newRefund = z.object({
  amountCents: z.number().int().min(1).max(maxCents),
  reason: plainText(200),
});

export interface PaymentRoutes {
  readonly pool: Pool;
  readonly orders: OrderStore;
  readonly money: Money;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1/orders/:id/payments`. */
export function orderPaymentRoutes({ pool, orders, signedIn }: PaymentRoutes): Router {
  const router = Router();
  router.post('/:id/payments', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const { method } = validate(newPayment, request.body, 'body');
    const order = await orders.find(id);
    if (!isParty(callerOf(response), 'customer', order)) throw notFound('order', id);
    if (order.status === 'cancelled') {
      throw new BusinessRuleError('ORDER_CANCELLED', 'The order was cancelled.');
    }
    const created = await createPayment(pool, id, method);
    if (created !== undefined) return void response.status(201).json(created);
    const existing = await findOfOrder(pool, id);
    if (existing?.method === method) return void response.json(existing);
    throw new BusinessRuleError('PAYMENT_EXISTS', 'The order has another payment.', {
      currentStatus: existing?.status,
      currentMethod: existing?.method,
    });
  });
  return router;
}

/** `/api/v1/payments`: capture and refund. */
export function paymentRoutes({ pool, money, signedIn }: PaymentRoutes): Router {
  const router = Router();
  const find = async (id: string, response: Response): Promise<PaymentCase> => {
    const found = await findCase(pool, id);
    assertMayRead(callerOf(response), id, found);
    return found;
  };
  router.get('/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    response.json((await find(id, response)).payment);
  });
  router.post('/:id/capture', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const headers = validate(idempotency, request.headers, 'headers');
    const found = await find(id, response);
    assertMayCapture(callerOf(response), found);
    response.json(await money.capture(found, headers['idempotency-key']));
  });
  router.post('/:id/refunds', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const headers = validate(idempotency, request.headers, 'headers');
    const wanted = validate(newRefund, request.body, 'body');
    const found = await find(id, response);
    assertMayRefund(callerOf(response), found);
    const { refund, isNew } = await money.refund(found, headers['idempotency-key'], wanted);
    response.status(isNew ? 201 : 200).json(refund);
  });
  return router;
}
