import type { Caller, Role } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { OrderStatus } from './state-machine.ts';

export interface Participants {
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

/** Customer and courier see their own orders; restaurants and admins see all. */
export function mayRead(caller: Caller, order: Participants): boolean {
  const parts = ['customer', 'courier', 'restaurant', 'admin'] as const;
  return parts.some((role) => isParty(caller, role, order));
}

const movers: Readonly<Record<OrderStatus, readonly Role[]>> = {
  placed: [],
  confirmed: ['restaurant'],
  preparing: ['restaurant'],
  delivering: ['courier'],
  delivered: ['courier'],
  cancelled: ['customer', 'restaurant'],
};

/**
 * @throws HttpError 403
 */
export function assertMayMove(caller: Caller, order: Participants, to: OrderStatus): void {
  const roles: readonly Role[] = [...movers[to], 'admin'];
  if (roles.some((role) => isParty(caller, role, order))) return;
  throw new HttpError(403, `You may not change this order to ${to}.`, {
    code: 'transition_not_yours',
  });
}
