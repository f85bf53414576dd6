import { callerOf, requireRole, validate } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, type Response, Router } from 'express';
import { apiMetrics } from '../catalogue.ts';
import { idempotency, identity, notFound } from '../http/resource.ts';
import { assertMayMove, mayRead } from './access.ts';
import type { PlaceOrder } from './placement.ts';
import { listQuery, newOrder, transition } from './schema.ts';
import type { OrderPage, OrderStore } from './store.ts';
import type { MoveOrder } from './transitions.ts';

export interface OrderRoutes {
  readonly store: OrderStore;
  readonly place: PlaceOrder;
  readonly move: MoveOrder;
  readonly telemetry: Telemetry;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1/orders`. */
export function orderRoutes({ store, place, move, telemetry, signedIn }: OrderRoutes): Router {
  const router = Router();
  router.post('/', ...signedIn, requireRole('customer'), createHandler(place, telemetry));
  router.get('/', ...signedIn, async (request, response) => {
    const { limit, after, restaurantId } = validate(listQuery, request.query, 'query');
    const items = await store.list({ ...ownership(response, restaurantId), limit, after });
    response.json({ items, next: items.length === limit ? items.at(-1)?.id : undefined });
  });
  router.get('/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const order = await store.findDetails(id);
    if (!mayRead(callerOf(response), order)) throw notFound('order', id);
    response.json(order);
  });
  router.post('/:id/transitions', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const { to, version } = validate(transition, request.body, 'body');
    const order = await store.find(id);
    if (!mayRead(callerOf(response), order)) throw notFound('order', id);
    assertMayMove(callerOf(response), order, to);
    response.json(await move(order, to, version));
  });
  return router;
}

/** Customers and couriers see their own orders, restaurants those of one restaurant. */
function ownership(
  response: Response,
  restaurantId: string | undefined,
): Pick<OrderPage, 'of' | 'ownerId'> {
  const { userId, roles } = callerOf(response);
  if (
    restaurantId !== undefined &&
    roles.some((role) => role === 'restaurant' || role === 'admin')
  ) {
    return { of: 'restaurant', ownerId: restaurantId };
  }
  if (roles.includes('customer')) return { of: 'customer', ownerId: userId };
  if (roles.includes('courier')) return { of: 'courier', ownerId: userId };
  throw new HttpError(400, 'Expected valid values for `query.restaurantId`.', {
    code: 'validation_failed',
    validationErrors: [{ field: 'query.restaurantId', message: 'Expected a restaurant.' }],
  });
}

function createHandler(place: PlaceOrder, { declareMetrics, logger }: Telemetry): RequestHandler {
  const created = declareMetrics(apiMetrics).counter('orders_created_total');
  return async (request, response) => {
    const startedAt = performance.now();
    const body = validate(newOrder, request.body, 'body');
    const headers = validate(idempotency, request.headers, 'headers');
    const { userId } = callerOf(response);
    const { order, isNew } = await place(userId, body, headers['idempotency-key']);
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
