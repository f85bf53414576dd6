import { withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/resource.ts';
import { type Order, orderColumns, orderPayload } from '../orders/order.ts';
import { type Assignment, assignTo, lockAssignment } from './assignment-store.ts';

/**
 * Assigns a delivery to the first courier who requests it; repeating the request is harmless.
 * @throws BusinessRuleError `ASSIGNMENT_TAKEN` or `ASSIGNMENT_CANCELLED`; HttpError 404
 */
export type AcceptAssignment = (id: string, courierId: string) => Promise<Assignment>;

export function createAcceptance(context: Context): AcceptAssignment {
  const { pool, telemetry } = context;
  const asked = telemetry.declareMetrics(apiMetrics).counter('delivery_assignments_total');
  for (const result of ['accepted', 'conflict'] as const) asked.add(0, { result });

  return async (id, courierId) => {
    const startedAt = performance.now();
    const ids = { assignment_id: id, courier_id: courierId };
    try {
      const { assignment, isNew } = await withTransaction(pool, (client) =>
        accept(context, client, id, courierId),
      );
      if (!isNew) return assignment;
      asked.increment({ result: 'accepted' });
      const durationMs = Math.round(performance.now() - startedAt);
      const fields = { ...ids, order_id: assignment.orderId, duration_ms: durationMs };
      telemetry.logger.info(
        { event: 'shipping_assignment_accepted', ...fields },
        'assignment accepted',
      );
      return assignment;
    } catch (error) {
      if (error instanceof BusinessRuleError) {
        asked.increment({ result: 'conflict' });
        const fields = { ...ids, reason: error.options.code };
        telemetry.logger.warn(
          { event: 'shipping_assignment_conflict', ...fields },
          'assignment not available',
        );
      }
      throw error;
    }
  };
}

async function accept(
  { publish }: Context,
  client: PoolClient,
  id: string,
  courierId: string,
): Promise<{ assignment: Assignment; isNew: boolean }> {
  const current = await lockAssignment(client, id);
  if (current === undefined) throw notFound('assignment', id);
  const context = { currentStatus: current.status };
  if (current.status === 'cancelled') {
    throw new BusinessRuleError('ASSIGNMENT_CANCELLED', 'The order was cancelled.', context);
  }
  if (current.courierId === courierId) return { assignment: current, isNew: false };
  if (current.status !== 'offered') {
    throw new BusinessRuleError('ASSIGNMENT_TAKEN', 'Another courier was faster.', context);
  }
  await assignTo(client, current, courierId);
  const assignment: Assignment = { ...current, courierId, status: 'accepted' };
  const { rows } = await client.query<Order>(
    `SELECT ${orderColumns} FROM orders.orders o WHERE o.id = $1`,
    [current.orderId],
  );
  const payload = { assignmentId: id, ...orderPayload(rows[0] as Order) };
  await publish(client, { type: 'delivery.assigned', aggregateId: current.orderId, payload });
  return { assignment, isNew: true };
}
