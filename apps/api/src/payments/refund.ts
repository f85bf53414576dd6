import { withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import type { MoneyDependencies } from './capture.ts';
import { splitRefund } from './fees.ts';
import { openPaymentWallets, type PaymentWallets, refundEntries } from './postings.ts';
import { completeRefund, findRefund, insertRefund, type Refund } from './refund-store.ts';
import type { NewRefund } from './schema.ts';
import { findCase, lockCase, type Payment, type PaymentCase } from './store.ts';
import { createTurns } from './turns.ts';

/** A refund, and whether this call created it. */
type Outcome = Promise<{ refund: Refund; isNew: boolean }>;

/**
 * Refunds part or all of a payment, once per key. The refund is booked before the card processor is
 * called, so that parallel requests can't refund more than was captured; a repeated request completes
 * a refund that the processor did not confirm.
 * @returns a function that throws BusinessRuleError if it is refused, HttpError 429 or 503 if it may be retried
 */
export function createRefund(money: MoneyDependencies) {
  const { logger } = money.telemetry;
  // A customer may refund one payment in a hundred parts at once, which would occupy the whole pool.
  const inTurn = createTurns();
  return async (found: PaymentCase, key: string, wanted: NewRefund): Outcome => {
    const startedAt = performance.now();
    const { id, orderId } = found.payment;
    const end = () => ({
      ...{ payment_id: id, order_id: orderId },
      duration_ms: Math.round(performance.now() - startedAt),
    });
    try {
      const { refund, isNew } = await inTurn(id, () => bookOnce(money, found, key, wanted));
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
  { pool, ledger, serializable }: MoneyDependencies,
  found: PaymentCase,
  key: string,
  wanted: NewRefund,
): Outcome {
  const { id } = found.payment;
  const wallets = await openPaymentWallets(pool, found);
  return serializable('payment_refund', async (client) => {
    const { payment } = await lockCase(client, id);
    const earlier = await findRefund(client, id, key);
    if (earlier === undefined) {
      assertRefundable(payment, wanted);
      const refund = await insertRefund(client, id, key, wanted);
      await ledger.record(client, postingOf(refund, payment, wallets));
      return { refund, isNew: true };
    }
    if (earlier.amountCents === wanted.amountCents && earlier.reason === wanted.reason) {
      return { refund: earlier, isNew: false };
    }
    throw new HttpError(422, 'Expected a new idempotency key for another refund.', {
      code: 'idempotency_key_reused',
    });
  });
}

function assertRefundable(payment: Payment, wanted: NewRefund): void {
  const { status, capturedAt, amountCents, refundedCents } = payment;
  if (capturedAt === null) {
    const message = 'Only a payment that was captured can be refunded.';
    throw new BusinessRuleError('PAYMENT_NOT_CAPTURED', message, { currentStatus: status });
  }
  if (wanted.amountCents > amountCents - refundedCents) {
    const message = 'More than was captured can not be refunded.';
    throw new BusinessRuleError('REFUND_EXCEEDS_CAPTURE', message, { amountCents, refundedCents });
  }
}

/** @param before the payment before the refund */
function postingOf(refund: Refund, before: Payment, wallets: PaymentWallets) {
  const { amountCents, refundedCents } = before;
  const shares = splitRefund(amountCents, refundedCents, refundedCents + refund.amountCents);
  return refundEntries(refund, shares, wallets);
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
