import { withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { lockAssignmentOf, updateForOrder } from '../couriers/assignment-store.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { payCourier } from '../payments/postings.ts';
import { type Order, orderColumns, orderPayload } from './order.ts';
import { assertTransition, type OrderStatus } from './state-machine.ts';
import type { OrderStore } from './store.ts';

interface TransitionDependencies extends Context {
  readonly store: OrderStore;
  readonly ledger: Ledger;
}

/**
 * Changes an order's status, if the order is unchanged since the caller read it.
 * @param version of the order that the caller has read
 * @throws BusinessRuleError if the order has changed or the life cycle forbids it
 */
export type MoveOrder = (seen: Order, to: OrderStatus, version: number) => Promise<Order>;

export function createTransitions(dependencies: TransitionDependencies): MoveOrder {
  const { pool, telemetry, store } = dependencies;
  const metrics = telemetry.declareMetrics(apiMetrics);
  const transitions = metrics.counter('order_status_transitions_total');
  const completed = metrics.counter('orders_completed_total');

  function refuseStale(order: Order, to: OrderStatus, version: number): never {
    transitions.increment({ from: order.status, to, result: 'conflict' });
    const fields = { order_id: order.id, to, version };
    telemetry.logger.warn(
      { event: 'order_transition_conflict', ...fields },
      'order already changed',
    );
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
    const changed = await withTransaction(pool, (client) =>
      change(dependencies, client, { id: seen.id, version, to }),
    );
    if (changed === undefined) return refuseStale(await store.find(seen.id), to, version);
    transitions.increment({ from, to, result: 'success' });
    if (to === 'delivered') completed.increment();
    return changed;
  };
}

// The statuses that change the delivery.
const concernsDelivery = new Set<OrderStatus>(['delivering', 'delivered', 'cancelled']);

/** The statement compares the version: the order may have changed since it was read. */
async function change(
  { ledger, publish }: TransitionDependencies,
  client: PoolClient,
  { id, version, to }: { id: string; version: number; to: OrderStatus },
): Promise<Order | undefined> {
  // In the order in which an acceptance takes its locks, so that the two can't deadlock.
  if (concernsDelivery.has(to)) await lockAssignmentOf(client, id);
  const { rows } = await client.query<Order>(
    `UPDATE orders.orders o SET status = $3, version = version + 1, updated_at = now()
     WHERE id = $1 AND version = $2 RETURNING ${orderColumns}`,
    [id, version, to],
  );
  const [order] = rows;
  if (order === undefined) return undefined;
  await updateForOrder(client, id, to);
  if (to === 'delivered') await payCourier(client, ledger, id);
  const payload = orderPayload(order);
  await publish(client, { type: 'order.status_changed', aggregateId: id, payload });
  return order;
}
