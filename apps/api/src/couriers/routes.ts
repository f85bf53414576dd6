import { callerOf, idOf, notFound, requireRole, validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RouteContext } from '../context.ts';
import { limit } from '../http/resource.ts';
import { findOrder } from '../orders/store.ts';
import type { MoveOrder } from '../orders/transitions.ts';
import { createAcceptance } from './acceptance.ts';
import { type Assignment, findAssignment, listActive, listOffered } from './assignment-store.ts';

const listQuery = z.object({
  status: z.enum(['offered', 'mine']).default('offered'),
  limit,
});

/** `/api/v1/assignments`: deliveries, for couriers. */
export function assignmentRoutes(context: RouteContext, move: MoveOrder): Router {
  const { pool } = context;
  const accept = createAcceptance(context);
  const asCourier = [...context.signedIn, requireRole('courier')];

  /** Moves the assignment's order on; a repeated step returns the assignment unchanged. */
  function step(to: 'delivering' | 'delivered', done: Assignment['status']): RequestHandler {
    return async (request, response) => {
      const id = idOf(request);
      const { userId } = callerOf(response);
      const { status, orderId } = await findOwn(pool, id, userId);
      if (status !== done) {
        const order = await findOrder(pool, orderId);
        await move(order, to, order.version);
      }
      response.json(await findOwn(pool, id, userId));
    };
  }

  const router = Router();
  router.get('/', ...asCourier, async (request, response) => {
    const { status, limit } = validate(listQuery, request.query, 'query');
    const { userId } = callerOf(response);
    const isOffered = status === 'offered';
    const items = await (isOffered ? listOffered(pool, limit) : listActive(pool, limit, userId));
    response.json({ items });
  });
  router.post('/:id/accept', ...asCourier, async (request, response) => {
    response.json(await accept(idOf(request), callerOf(response).userId));
  });
  router.post('/:id/pickup', ...asCourier, step('delivering', 'picked_up'));
  router.post('/:id/deliver', ...asCourier, step('delivered', 'delivered'));
  return router;
}

async function findOwn(pool: Pool, id: string, courierId: string): Promise<Assignment> {
  const assignment = await findAssignment(pool, id);
  if (assignment.courierId !== courierId) throw notFound('assignment', id);
  return assignment;
}
