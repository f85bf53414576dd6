import {
  callerOf,
  idOf,
  orNotFound,
  requireRole,
  validate,
  withTransaction,
} from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { Router } from 'express';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import { phone } from '../accounts/phone.ts';
import type { SessionCheck } from '../accounts/session-check.ts';
import { revokeSessions } from '../accounts/session-store.ts';
import { findById, findByPhone } from '../accounts/user-store.ts';
import type { RouteContext } from '../context.ts';
import { limit } from '../http/resource.ts';
import { grant, listStaff, revokeGrant } from './store.ts';

const listQuery = z.object({ limit, after: z.uuid().optional() });
const newGrant = z.discriminatedUnion('role', [
  z.object({ phone, role: z.literal('courier') }),
  z.object({
    phone,
    role: z.literal('restaurant'),
    restaurantIds: z
      .array(z.uuid())
      .min(1)
      .max(100)
      .transform((ids) => [...new Set(ids)]),
  }),
]);

/** `/api/v1/staff`: administrators grant and revoke the roles of couriers and restaurants' staff. */
export function staffRoutes(context: RouteContext, check: SessionCheck): Router {
  const { pool, telemetry, signedIn } = context;
  const { logger } = telemetry;
  const asAdmin = [...signedIn, requireRole('admin')];

  /** Changes a grant, and ends the user's sessions, whose tokens have the old role. */
  async function change(userId: string, run: (client: ClientBase) => Promise<void>) {
    const ended = await withTransaction(pool, async (client) => {
      await run(client);
      return await revokeSessions(client, userId);
    });
    check.forget(ended);
  }

  async function findUser(phone: string) {
    const found = await findByPhone(pool, phone);
    if (found !== undefined) return found;
    const message = 'There is no user with this number. They have to register first.';
    throw new HttpError(404, message, { code: 'user_unknown' });
  }

  const router = Router();
  router.get('/', ...asAdmin, async (request, response) => {
    const { limit, after } = validate(listQuery, request.query, 'query');
    const items = await listStaff(pool, limit, after);
    response.json({ items, next: items.length === limit ? items.at(-1)?.userId : undefined });
  });
  router.post('/', ...asAdmin, async (request, response) => {
    const wanted = validate(newGrant, request.body, 'body');
    const { role } = wanted;
    const restaurantIds = role === 'restaurant' ? wanted.restaurantIds : [];
    const { id } = await findUser(wanted.phone);
    const by = callerOf(response).userId;
    await change(id, (client) => grant(client, id, { role, restaurantIds, by }));
    const fields = { staff_id: id, role, restaurants: restaurantIds.length };
    logger.info({ event: 'staff_grant_completed', ...fields }, 'role granted');
    response.json({ userId: id, role, restaurantIds });
  });
  router.delete('/:id', ...asAdmin, async (request, response) => {
    const { id } = orNotFound(await findById(pool, idOf(request)), 'user', idOf(request));
    await change(id, (client) => revokeGrant(client, id));
    logger.info({ event: 'staff_revoke_completed', staff_id: id }, 'role revoked');
    response.status(204).end();
  });
  return router;
}
