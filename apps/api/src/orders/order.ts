import { sql } from '@watchkeeper/galley';
import type { OrderStatus } from './state-machine.ts';

export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly restaurantId: string;
  readonly courierId: string | null;
  readonly status: OrderStatus;
  readonly version: number;
  readonly totalCents: number;
  readonly deliveryAddress: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The columns of an `Order` from the table alias `o`. */
export const orderColumns = sql`o.id, o.customer_id AS "customerId",
  o.restaurant_id AS "restaurantId", o.courier_id AS "courierId", o.status, o.version,
  o.total_cents AS "totalCents", o.delivery_address AS "deliveryAddress",
  o.created_at AS "createdAt", o.updated_at AS "updatedAt"`;

/** The payload of every order event. */
export function orderPayload(order: Order) {
  const { id, customerId, restaurantId, courierId, status, version, totalCents } = order;
  return {
    ...{ orderId: id, customerId, restaurantId },
    ...(courierId === null ? {} : { courierId }),
    ...{ status, version, totalCents, at: new Date().toISOString() },
  };
}
