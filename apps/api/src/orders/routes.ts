import { callerOf, idOf, notFound, requireRole, validate } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { type RequestHandler, type Response, Router } from 'express';
import { apiMetrics } from '../catalogue.ts';
import type { Context, RouteContext } from '../context.ts';
import { idempotencyKeyOf } from '../http/resource.ts';
import { viewerOf } from '../staff/viewer.ts';
import { assertMay, mayRead } from './access.ts';
import { placeOrder } from './placement.ts';
import { listQuery, newOrder, transition } from './schema.ts';
import { movers } from './state-machine.ts';
import { findOrder, findOrderDetails, listOrders, type OrderPage } from './store.ts';
import type { MoveOrder } from './transitions.ts';

/** `/api/v1/orders`. */
export function orderRoutes(context: RouteContext, move: MoveOrder): Router {
  const { pool, signedIn } = context;
  const router = Router();
  router.post('/', ...signedIn, requireRole('customer'), createHandler(context));
  router.get('/', ...signedIn, async (request, response) => {
    const { limit, after, restaurantId } = validate(listQuery, request.query, 'query');
    const items = await listOrders(pool, { ...ownership(response, restaurantId), limit, after });
    response.json({ items, next: items.length === limit ? items.at(-1)?.id : undefined });
  });
  router.get('/:id', ...signedIn, async (request, response) => {
    const order = await findOrderDetails(pool, idOf(request));
    if (!mayRead(viewerOf(response), order)) throw notFound('order', order.id);
    response.json(order);
  });
  router.post('/:id/transitions', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const { to, version } = validate(transition, request.body, 'body');
    const order = await findOrder(pool, id);
    const viewer = viewerOf(response);
    if (!mayRead(viewer, order)) throw notFound('order', id);
    const refusal = { action: `change this order to ${to}`, code: 'transition_not_yours' };
    assertMay(refusal, viewer, movers[to], order);
    response.json(await move(order, to, version));
  });
  return router;
}

/**
 * Customers and couriers see their own orders, staff those of one of their restaurants, admins of any.
 * @throws HttpError 404 for a restaurant at which the viewer does not work
 */
function ownership(
  response: Response,
  restaurantId: string | undefined,
): Pick<OrderPage, 'of' | 'ownerId'> {
  const { userId, roles, restaurantIds } = viewerOf(response);
  if (restaurantId !== undefined && (roles.includes('restaurant') || roles.includes('admin'))) {
    const isTheirs = roles.includes('admin') || restaurantIds.has(restaurantId);
    if (!isTheirs) throw notFound('restaurant', restaurantId);
    return { of: 'restaurant', ownerId: restaurantId };
  }
  if (roles.includes('customer')) return { of: 'customer', ownerId: userId };
  if (roles.includes('courier')) return { of: 'courier', ownerId: userId };
  throw new HttpError(400, 'Expected valid values for `query.restaurantId`.', {
    code: 'validation_failed',
    validationErrors: [{ field: 'query.restaurantId', message: 'Expected a restaurant.' }],
  });
}

function createHandler(context: Context): RequestHandler {
  const { declareMetrics, logger } = context.telemetry;
  const created = declareMetrics(apiMetrics).counter('orders_created_total');
  return async (request, response) => {
    const startedAt = performance.now();
    const body = validate(newOrder, request.body, 'body');
    const key = idempotencyKeyOf(request);
    const { order, isNew } = await placeOrder(context, callerOf(response).userId, body, key);
    if (isNew) {
      created.increment();
      const fields = {
        order_id: order.id,
        restaurant_id: order.restaurantId,
        total_cents: order.totalCents,
        duration_ms: Math.round(performance.now() - startedAt),
      };
      logger.info({ event: 'order_create_completed', ...fields }, 'order created');
    }
    response.status(isNew ? 201 : 200).json(order);
  };
}
