import type { Caller, Role } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';

interface Participants {
  readonly customerId: string;
  readonly courierId: string | null;
}

/** Whether the caller has this role in this order. */
export function isParty(caller: Caller, role: Role, order: Participants): boolean {
  if (!caller.roles.includes(role)) return false;
  if (role === 'customer') return order.customerId === caller.userId;
  if (role === 'courier') return order.courierId === caller.userId;
  // The demo has no staff lists: restaurant users work at every restaurant.
  return true;
}

/** Restaurants and admins see all orders. */
export const seesAllOrders = ({ roles }: Caller) =>
  roles.includes('restaurant') || roles.includes('admin');

/** Customer and courier see their own orders; restaurants and admins see all. */
export function mayRead(caller: Caller, order: Participants): boolean {
  const parts = ['customer', 'courier', 'restaurant', 'admin'] as const;
  return parts.some((role) => isParty(caller, role, order));
}

/**
 * Admins may do everything.
 * @throws HttpError 403 if the caller has none of the roles in this order
 */
export function assertMay(
  { action, code }: { action: string; code: string },
  caller: Caller,
  roles: readonly Role[],
  order: Participants,
): void {
  if ([...roles, 'admin' as const].some((role) => isParty(caller, role, order))) return;
  throw new HttpError(403, `You may not ${action}.`, { code });
}
