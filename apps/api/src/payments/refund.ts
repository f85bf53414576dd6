import { withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import type { MoneyDependencies } from './capture.ts';
import { splitRefund } from './fees.ts';
import { openPaymentWallets, type PaymentWallets, refundEntries } from './postings.ts';
import {
  completeRefund,
  findRefund,
  insertRefund,
  type NewRefund,
  type Refund,
} from './refund-store.ts';
import { findCase, lockCase, type PaymentCase } from './store.ts';

/**
 * Refunds part or all of a payment, once per key. The refund is booked before the card processor is
 * called, so that parallel requests can't refund more than was captured; a repeated request completes
 * a refund that the processor did not confirm.
 * @returns the refund, and whether this call created it
 * @throws BusinessRuleError if it is refused, HttpError 503 if it may be retried
 */
export type RefundPayment = (
  found: PaymentCase,
  key: string,
  refund: NewRefund,
) => Promise<{ refund: Refund; isNew: boolean }>;

export function createRefund(money: MoneyDependencies): RefundPayment {
  const { logger } = money.telemetry;
  return async (found, key, wanted) => {
    const startedAt = performance.now();
    const { id, orderId } = found.payment;
    const end = () => ({
      ...{ payment_id: id, order_id: orderId },
      duration_ms: Math.round(performance.now() - startedAt),
    });
    try {
      const { refund, isNew } = await bookOnce(money, found, key, wanted);
      if (refund.status === 'completed') return { refund, isNew };
      const completed = await complete(money, refund);
      const fields = { ...end(), refund_id: refund.id, amount_cents: refund.amountCents };
      logger.info({ event: 'payment_refund_completed', ...fields }, 'payment refunded');
      return { refund: completed, isNew };
    } catch (error) {
      if (!(error instanceof HttpError) || error.statusCode >= 500) {
        logger.error({ event: 'payment_refund_failed', ...end(), err: error }, 'refund failed');
      }
      throw error;
    }
  };
}

async function bookOnce(
  money: MoneyDependencies,
  found: PaymentCase,
  key: string,
  wanted: NewRefund,
): Promise<{ refund: Refund; isNew: boolean }> {
  const { method, id } = found.payment;
  const wallets = await openPaymentWallets(money.pool, { ...found, method });
  return money.serializable('payment_refund', async (client) => {
    const current = await lockCase(client, id);
    const earlier = await findRefund(client, id, key);
    if (earlier === undefined) {
      return { refund: await book(money, client, { current, key, wanted, wallets }), isNew: true };
    }
    if (earlier.amountCents === wanted.amountCents && earlier.reason === wanted.reason) {
      return { refund: earlier, isNew: false };
    }
    throw new HttpError(422, 'Expected a new idempotency key for another refund.', {
      code: 'idempotency_key_reused',
    });
  });
}

interface Booking {
  readonly current: PaymentCase;
  readonly key: string;
  readonly wanted: NewRefund;
  readonly wallets: PaymentWallets;
}

async function book(
  { ledger }: MoneyDependencies,
  client: PoolClient,
  { current, key, wanted, wallets }: Booking,
): Promise<Refund> {
  const { payment } = current;
  const { amountCents, refundedCents } = payment;
  if (payment.capturedAt === null) {
    const message = 'Only a payment that was captured can be refunded.';
    throw new BusinessRuleError('PAYMENT_NOT_CAPTURED', message, { currentStatus: payment.status });
  }
  if (wanted.amountCents > amountCents - refundedCents) {
    const message = 'More than was captured can not be refunded.';
    throw new BusinessRuleError('REFUND_EXCEEDS_CAPTURE', message, { amountCents, refundedCents });
  }
  const refund = await insertRefund(client, payment.id, key, wanted);
  const afterCents = refundedCents + wanted.amountCents;
  const shares = splitRefund(amountCents, refundedCents, afterCents);
  await ledger.record(client, refundEntries(refund, shares, wallets));
  return refund;
}

async function complete(money: MoneyDependencies, refund: Refund): Promise<Refund> {
  const { pool, processor, publish } = money;
  const current = await findCase(pool, refund.paymentId);
  const chargeId = current?.chargeId ?? null;
  if (chargeId !== null) await processor.refund(chargeId, refund.amountCents, refund.id);
  return withTransaction(pool, async (client) => {
    const completed = await completeRefund(client, refund.id);
    if (completed === undefined || current === undefined) return { ...refund, status: 'completed' };
    const { payment, customerId, restaurantId, courierId } = current;
    const { orderId, method, refundedCents } = payment;
    const payload = {
      ...{ refundId: refund.id, paymentId: payment.id, orderId },
      ...{ customerId, restaurantId, courierId, method },
      ...{ amountCents: refund.amountCents, refundedCents, at: new Date().toISOString() },
    };
    await publish(client, { type: 'payment.refunded', aggregateId: payment.id, payload });
    return completed;
  });
}
