import { callerOf, requireRole, validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { identity, limit, notFound } from '../http/resource.ts';
import type { OrderStatus } from '../orders/state-machine.ts';
import type { OrderStore } from '../orders/store.ts';
import type { MoveOrder } from '../orders/transitions.ts';
import type { AcceptAssignment } from './acceptance.ts';
import {
  type Assignment,
  type AssignmentStatus,
  findAssignment,
  listActive,
  listOffered,
} from './assignment-store.ts';

const listQuery = z.object({
  status: z.enum(['offered', 'mine']).default('offered'),
  limit,
});

export interface AssignmentRoutes {
  readonly pool: Pool;
  readonly accept: AcceptAssignment;
  readonly orders: OrderStore;
  readonly move: MoveOrder;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1/assignments`: deliveries, for couriers. */
export function assignmentRoutes(dependencies: AssignmentRoutes): Router {
  const { pool, accept } = dependencies;
  const asCourier = [...dependencies.signedIn, requireRole('courier')];
  const router = Router();
  router.get('/', ...asCourier, async (request, response) => {
    const { status, limit } = validate(listQuery, request.query, 'query');
    const { userId } = callerOf(response);
    const isOffered = status === 'offered';
    const items = await (isOffered ? listOffered(pool, limit) : listActive(pool, limit, userId));
    response.json({ items });
  });
  router.post('/:id/accept', ...asCourier, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    response.json(await accept(id, callerOf(response).userId));
  });
  router.post('/:id/pickup', ...asCourier, stepHandler(dependencies, 'delivering', 'picked_up'));
  router.post('/:id/deliver', ...asCourier, stepHandler(dependencies, 'delivered', 'delivered'));
  return router;
}

/** Moves the assignment's order on; a repeated step returns the assignment unchanged. */
function stepHandler(
  { pool, orders, move }: AssignmentRoutes,
  to: OrderStatus,
  done: AssignmentStatus,
): RequestHandler {
  return async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const { userId } = callerOf(response);
    const assignment = await findOwn(pool, id, userId);
    if (assignment.status !== done) {
      const order = await orders.find(assignment.orderId);
      await move(order, to, order.version);
    }
    response.json(await findOwn(pool, id, userId));
  };
}

async function findOwn(pool: Pool, id: string, courierId: string): Promise<Assignment> {
  const assignment = await findAssignment(pool, id);
  if (assignment?.courierId !== courierId) throw notFound('assignment', id);
  return assignment;
}
