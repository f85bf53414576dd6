import { idOf, notFound, validate } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import { type Response, Router } from 'express';
import type { RouteContext } from '../context.ts';
import { idempotencyKeyOf } from '../http/resource.ts';
import { isParty, mayRead } from '../orders/access.ts';
import { findOrder } from '../orders/store.ts';
import { viewerOf } from '../staff/viewer.ts';
import { assertMayCapture, assertMayRefund } from './access.ts';
import type { Money } from './money.ts';
import { newPayment, newRefund } from './schema.ts';
import { createPayment, findCase, findOfOrder, type PaymentCase } from './store.ts';

/** `/api/v1/orders/:id/payments`. */
export function orderPaymentRoutes({ pool, signedIn }: RouteContext): Router {
  const router = Router();
  router.post('/:id/payments', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const { method } = validate(newPayment, request.body, 'body');
    const order = await findOrder(pool, id);
    if (!isParty(viewerOf(response), 'customer', order)) throw notFound('order', id);
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
export function paymentRoutes({ pool, signedIn }: RouteContext, money: Money): Router {
  /** @throws HttpError 404 if the payment is unknown or not visible to the caller */
  async function find(id: string, response: Response): Promise<PaymentCase> {
    const found = await findCase(pool, id);
    if (found === undefined || !mayRead(viewerOf(response), found)) throw notFound('payment', id);
    return found;
  }

  const router = Router();
  router.get('/:id', ...signedIn, async (request, response) => {
    response.json((await find(idOf(request), response)).payment);
  });
  router.post('/:id/capture', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const key = idempotencyKeyOf(request);
    const found = await find(id, response);
    assertMayCapture(viewerOf(response), found);
    response.json(await money.capture(found, key));
  });
  router.post('/:id/refunds', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const key = idempotencyKeyOf(request);
    const wanted = validate(newRefund, request.body, 'body');
    const found = await find(id, response);
    assertMayRefund(viewerOf(response), found);
    const { refund, isNew } = await money.refund(found, key, wanted);
    response.status(isNew ? 201 : 200).json(refund);
  });
  return router;
}
