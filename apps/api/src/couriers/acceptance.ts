import { sql, withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { orderPayload } from '../orders/order.ts';
import { findOrder } from '../orders/store.ts';
import { type Assignment, assignTo, findAssignment } from './assignment-store.ts';

/**
 * Assigns a delivery to the first courier who requests it; repeating the request is harmless.
 * @returns a function that throws BusinessRuleError `ASSIGNMENT_TAKEN` or `ASSIGNMENT_CANCELLED`, and
 *   HttpError 404
 */
export function createAcceptance(context: Context) {
  const { declareMetrics, logger } = context.telemetry;
  const assignments = declareMetrics(apiMetrics).counter('delivery_assignments_total');
  for (const result of ['accepted', 'conflict'] as const) assignments.add(0, { result });

  return async (id: string, courierId: string): Promise<Assignment> => {
    const startedAt = performance.now();
    const ids = { assignment_id: id, courier_id: courierId };
    try {
      const { assignment, isNew } = await withTransaction(context.pool, (client) =>
        accept(context, client, id, courierId),
      );
      if (!isNew) return assignment;
      assignments.increment({ result: 'accepted' });
      const durationMs = Math.round(performance.now() - startedAt);
      const fields = { ...ids, order_id: assignment.orderId, duration_ms: durationMs };
      logger.info({ event: 'shipping_assignment_accepted', ...fields }, 'assignment accepted');
      return assignment;
    } catch (error) {
      if (error instanceof BusinessRuleError) {
        assignments.increment({ result: 'conflict' });
        const fields = { ...ids, reason: error.options.code };
        logger.warn(
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
  const current = await findAssignment(client, id, sql`FOR UPDATE OF a`);
  const { status, orderId } = current;
  const context = { currentStatus: status };
  if (status === 'cancelled') {
    throw new BusinessRuleError('ASSIGNMENT_CANCELLED', 'The order was cancelled.', context);
  }
  if (current.courierId === courierId) return { assignment: current, isNew: false };
  if (status !== 'offered') {
    throw new BusinessRuleError('ASSIGNMENT_TAKEN', 'Another courier was faster.', context);
  }
  await assignTo(client, current, courierId);
  const payload = { assignmentId: id, ...orderPayload(await findOrder(client, orderId)) };
  await publish(client, { type: 'delivery.assigned', aggregateId: orderId, payload });
  return { assignment: { ...current, courierId, status: 'accepted' }, isNew: true };
}
