import { callerOf, execute, idOf, notFound, queryRow, queryRows } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import { Router } from 'express';
import type { RouteContext } from '../context.ts';

// So that one page holds them all.
const maxBlocked = 1_000;

/** `/api/v1/users/me/blocked`. */
export function blockedRoutes({ pool, signedIn }: RouteContext): Router {
  const router = Router();
  router.get('/', ...signedIn, async (_request, response) => {
    const items = await queryRows(pool)`
      SELECT b.blocked_id AS id, p.display_name AS "displayName", b.created_at AS "blockedAt"
      FROM users.blocked_users b JOIN users.profiles p ON p.user_id = b.blocked_id
      WHERE b.user_id = ${callerOf(response).userId} ORDER BY b.created_at DESC`;
    response.json({ items });
  });
  router.put('/:id', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const { userId } = callerOf(response);
    if (id === userId) throw new BusinessRuleError('BLOCK_SELF', 'Nobody can block themselves.');
    const found = await queryRow<{ isKnown: boolean; count: number }>(pool)`
      SELECT EXISTS (SELECT FROM accounts.users WHERE id = ${id}) AS "isKnown",
        (SELECT count(*)::integer FROM users.blocked_users WHERE user_id = ${userId}) AS count`;
    if (!found?.isKnown) throw notFound('user', id);
    if (found.count >= maxBlocked) {
      throw new BusinessRuleError('BLOCK_LIMIT_REACHED', 'There are too many blocked users.');
    }
    await execute(pool)`
      INSERT INTO users.blocked_users (user_id, blocked_id)
      SELECT ${userId}, id FROM accounts.users WHERE id = ${id} ON CONFLICT DO NOTHING`;
    response.status(204).end();
  });
  router.delete('/:id', ...signedIn, async (request, response) => {
    const id = idOf(request);
    await execute(pool)`
      DELETE FROM users.blocked_users
      WHERE user_id = ${callerOf(response).userId} AND blocked_id = ${id}`;
    response.status(204).end();
  });
  return router;
}
