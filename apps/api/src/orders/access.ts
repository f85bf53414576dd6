import type { Role } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Viewer } from '../staff/viewer.ts';

/** Everybody with a part in an order. */
export interface Participants {
  readonly customerId: string;
  readonly courierId: string | null;
  readonly restaurantId: string;
}

/** Whether the viewer has this role in this order. */
export function isParty(viewer: Viewer, role: Role, order: Participants): boolean {
  if (!viewer.roles.includes(role)) return false;
  if (role === 'customer') return order.customerId === viewer.userId;
  if (role === 'courier') return order.courierId === viewer.userId;
  if (role === 'restaurant') return viewer.restaurantIds.has(order.restaurantId);
  return role === 'admin';
}

/** Customer and courier see their own orders, staff those of their restaurants; admins see all. */
export function mayRead(viewer: Viewer, order: Participants): boolean {
  const parts = ['customer', 'courier', 'restaurant', 'admin'] as const;
  return parts.some((role) => isParty(viewer, role, order));
}

/**
 * Admins may do everything.
 * @throws HttpError 403 if the viewer has none of the roles in this order
 */
export function assertMay(
  { action, code }: { action: string; code: string },
  viewer: Viewer,
  roles: readonly Role[],
  order: Participants,
): void {
  if ([...roles, 'admin' as const].some((role) => isParty(viewer, role, order))) return;
  throw new HttpError(403, `You may not ${action}.`, { code });
}
