import { execute, type Queryable, queryRow, queryRows } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import type { ClientBase, Pool } from 'pg';

/** The roles that are granted. */
export type StaffRole = 'courier' | 'restaurant';

interface Grant {
  readonly role: StaffRole;
  readonly restaurantIds: readonly string[];
  /** The administrator. */
  readonly by: string;
}

export async function restaurantsOf(pool: Pool, userId: string): Promise<readonly string[]> {
  const rows = await queryRows<{ id: string }>(pool)`
    SELECT restaurant_id AS id FROM accounts.restaurant_staff WHERE user_id = ${userId}`;
  return rows.map(({ id }) => id);
}

/** Couriers and restaurants' staff after that id, with their restaurants. */
export function listStaff(
  pool: Pool,
  limit: number,
  after = '00000000-0000-0000-0000-000000000000',
) {
  return queryRows<{ userId: string; role: StaffRole; restaurantIds: string[] }>(pool)`
    SELECT u.id AS "userId", p.display_name AS "displayName", u.role,
      ARRAY(SELECT s.restaurant_id FROM accounts.restaurant_staff s
        WHERE s.user_id = u.id ORDER BY s.restaurant_id) AS "restaurantIds"
    FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id
    WHERE u.role IN ('courier', 'restaurant') AND u.id > ${after} ORDER BY u.id LIMIT ${limit}`;
}

/**
 * Sets a user's role, and exactly these restaurants.
 * @throws HttpError 422 for an unknown restaurant
 * @throws BusinessRuleError for an administrator
 */
export async function grant(client: ClientBase, userId: string, granted: Grant): Promise<void> {
  const { role, restaurantIds, by } = granted;
  await setRole(client, userId, role);
  await execute(client)`
    DELETE FROM accounts.restaurant_staff
    WHERE user_id = ${userId} AND restaurant_id <> ALL(${restaurantIds}::uuid[])`;
  await execute(client)`
    INSERT INTO accounts.restaurant_staff (user_id, restaurant_id, granted_by)
    SELECT ${userId}, id, ${by} FROM catalogue.restaurants
    WHERE id = ANY(${restaurantIds}::uuid[]) ON CONFLICT DO NOTHING`;
  const known = await execute(client)`
    SELECT FROM accounts.restaurant_staff WHERE user_id = ${userId}`;
  if (known === restaurantIds.length) return;
  throw new HttpError(422, 'Expected restaurants that exist.', {
    code: 'restaurant_unknown',
    validationErrors: [{ field: 'body.restaurantIds', message: 'Expected known restaurants.' }],
  });
}

/** Makes a user a customer again. @throws BusinessRuleError for an administrator */
export async function revokeGrant(client: ClientBase, userId: string): Promise<void> {
  await setRole(client, userId, 'customer');
  await execute(client)`DELETE FROM accounts.restaurant_staff WHERE user_id = ${userId}`;
}

async function setRole(client: ClientBase, userId: string, role: StaffRole | 'customer') {
  const changed = await queryRow(client)`
    UPDATE accounts.users SET role = ${role}, updated_at = now()
    WHERE id = ${userId} AND role <> 'admin' RETURNING id`;
  if (changed !== undefined) return;
  throw new BusinessRuleError('ADMINISTRATOR_FIXED', 'An administrator keeps the role.');
}

/** Has every user with this role and a number like the pattern (of SQL) work at every restaurant. */
export async function grantAllRestaurants(queryable: Queryable, pattern: string): Promise<void> {
  await execute(queryable)`
    INSERT INTO accounts.restaurant_staff (user_id, restaurant_id)
    SELECT u.id, r.id FROM accounts.users u, catalogue.restaurants r
    WHERE u.role = 'restaurant' AND u.phone LIKE ${pattern} ON CONFLICT DO NOTHING`;
}
