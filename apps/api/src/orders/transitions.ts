import { queryRow, withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { lockAssignmentOf, updateForOrder } from '../couriers/assignment-store.ts';
import { payCourier } from '../payments/postings.ts';
import { type Order, orderColumns, orderPayload } from './order.ts';
import { assertTransition, type OrderStatus } from './state-machine.ts';
import { findOrder } from './store.ts';

/**
 * Changes an order's status, if the order is unchanged since the caller read it.
 * @param version of the order that the caller has read
 * @throws BusinessRuleError if the order has changed or the life cycle forbids it
 */
export type MoveOrder = (seen: Order, to: OrderStatus, version: number) => Promise<Order>;

export function createTransitions(context: Context): MoveOrder {
  const { pool, telemetry } = context;
  const metrics = telemetry.declareMetrics(apiMetrics);
  const transitions = metrics.counter('order_status_transitions_total');
  const completed = metrics.counter('orders_completed_total');

  function refuseStale(order: Order, to: OrderStatus, version: number): never {
    transitions.increment({ from: order.status, to, result: 'conflict' });
    const fields = { event: 'order_transition_conflict', order_id: order.id, to, version } as const;
    telemetry.logger.warn(fields, 'order already changed');
    throw new BusinessRuleError(
      'ORDER_VERSION_STALE',
      'The order has changed. Read it again, then decide.',
      { currentStatus: order.status, currentVersion: order.version },
    );
  }

  return async (seen, to, version) => {
    const from = seen.status;
    if (seen.version !== version) refuseStale(seen, to, version);
    try {
      assertTransition(from, to);
    } catch (error) {
      transitions.increment({ from, to, result: 'refused' });
      throw error;
    }
    const changed = await withTransaction(pool, (client) => change(context, client, seen, to));
    if (changed === undefined) return refuseStale(await findOrder(pool, seen.id), to, version);
    transitions.increment({ from, to, result: 'success' });
    if (to === 'delivered') completed.increment();
    return changed;
  };
}

// The statuses that change the delivery.
const concernsDelivery = new Set<OrderStatus>(['delivering', 'delivered', 'cancelled']);

/** The statement compares the version: the order may have changed since it was read. */
async function change(
  { ledger, publish }: Context,
  client: PoolClient,
  { id, version }: Order,
  to: OrderStatus,
): Promise<Order | undefined> {
  // In the order in which an acceptance takes its locks, so that the two can't deadlock.
  if (concernsDelivery.has(to)) await lockAssignmentOf(client, id);
  const order = await queryRow<Order>(client)`
    UPDATE orders.orders o SET status = ${to}, version = version + 1, updated_at = now()
    WHERE id = ${id} AND version = ${version} RETURNING ${orderColumns}`;
  if (order === undefined) return undefined;
  await updateForOrder(client, id, to);
  if (to === 'delivered') await payCourier(client, ledger, id);
  const payload = orderPayload(order);
  await publish(client, { type: 'order.status_changed', aggregateId: id, payload });
  return order;
}
