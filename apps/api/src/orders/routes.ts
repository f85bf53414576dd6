import { validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { apiMetrics } from '../catalogue.ts';
import { idempotency, identity, newOrder, transition } from './schema.ts';
import { assertTransition, type OrderStatus } from './state-machine.ts';
import type { Order, OrderStore } from './store.ts';

/** `/api/v1/orders`: placing, reading and moving orders. */
export function orderRoutes(store: OrderStore, telemetry: Telemetry, gate: RequestHandler): Router {
  const router = Router();
  router.post('/', gate, createHandler(store, telemetry));
  router.get('/:id', gate, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    response.json(await findOrRefuse(store, id));
  });
  router.post('/:id/transitions', gate, transitionHandler(store, telemetry));
  return router;
}

function createHandler(store: OrderStore, { declareMetrics, logger }: Telemetry): RequestHandler {
  const created = declareMetrics(apiMetrics).counter('orders_created_total');
  return async (request, response) => {
    const startedAt = performance.now();
    const body = validate(newOrder, request.body, 'body');
    const headers = validate(idempotency, request.headers, 'headers');
    const { order, isNew } = await store.create(body, headers['idempotency-key']);
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

function transitionHandler(store: OrderStore, telemetry: Telemetry): RequestHandler {
  const metrics = telemetry.declareMetrics(apiMetrics);
  const transitions = metrics.counter('order_status_transitions_total');
  const completed = metrics.counter('orders_completed_total');

  function refuseStale(order: Order, to: OrderStatus, version: number): never {
    transitions.increment({ from: order.status, to, result: 'conflict' });
    const fields = { order_id: order.id, to, version };
    telemetry.logger.warn(
      { event: 'order_transition_conflict', ...fields },
      'order changed before',
    );
    throw new BusinessRuleError(
      'ORDER_VERSION_STALE',
      'The order has changed. Read it again, then decide.',
      { currentStatus: order.status, currentVersion: order.version },
    );
  }

  return async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const { to, version } = validate(transition, request.body, 'body');
    const order = await findOrRefuse(store, id);
    if (order.version !== version) refuseStale(order, to, version);
    try {
      assertTransition(order.status, to);
    } catch (error) {
      transitions.increment({ from: order.status, to, result: 'refused' });
      throw error;
    }
    // The version decides again, in the statement itself: somebody may have come in between.
    const changed = await store.changeStatus(id, version, to);
    if (changed === undefined) return refuseStale(await findOrRefuse(store, id), to, version);
    transitions.increment({ from: order.status, to, result: 'success' });
    if (to === 'delivered') completed.increment();
    return void response.json(changed);
  };
}

async function findOrRefuse(store: OrderStore, id: string): Promise<Order> {
  const order = await store.find(id);
  if (order === undefined) {
    throw new HttpError(404, `There is no order \`${id}\`.`, { code: 'order_unknown' });
  }
  return order;
}
