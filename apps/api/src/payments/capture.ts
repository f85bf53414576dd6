import { BusinessRuleError, HttpError, sampledTraceId } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { openCustomerWallet } from '../ledger/customer-wallet.ts';
import { readBalance } from '../ledger/wallets.ts';
import type { CardProcessor } from './card-processor.ts';
import { paymentMethods } from './catalogue.ts';
import { captureEntries, openPaymentWallets, type PaymentWallets, payCourier } from './postings.ts';
import type { RunSerializable } from './serializable.ts';
import { lockCase, markCaptured, markDeclined, type Payment, type PaymentCase } from './store.ts';

export interface MoneyDependencies extends Context {
  readonly processor: CardProcessor;
  readonly serializable: RunSerializable;
}

const declines = new Set(['CARD_DECLINED', 'INSUFFICIENT_FUNDS']);

/**
 * Captures a payment once; the request may be repeated with its key.
 *
 * Designed for a peak of 120 captures an hour, each with five ledger entries. The limits are the
 * serializable transaction and the card processor's response time.
 * @returns a function that throws BusinessRuleError if it is refused, HttpError 429 or 503 if it may be retried
 */
export function createCapture(money: MoneyDependencies) {
  const { declareMetrics, logger } = money.telemetry;
  const metrics = declareMetrics(apiMetrics);
  const captures = metrics.counter('payment_captures_total');
  const duration = metrics.histogram('payment_capture_duration_seconds');
  // A ratio without series has no value, so its alert could not fire.
  for (const method of paymentMethods) {
    for (const result of ['success', 'error'] as const) captures.add(0, { method, result });
    if (method !== 'cash') captures.add(0, { method, result: 'declined' });
  }

  function reportFailure(fields: object, error: unknown): 'declined' | 'refused' | 'error' {
    if (error instanceof BusinessRuleError) {
      const rule = error.options.code ?? '';
      logger.warn({ event: 'payment_capture_declined', ...fields, rule }, 'payment declined');
      return declines.has(rule) ? 'declined' : 'refused';
    }
    logger.error({ event: 'payment_capture_failed', ...fields, err: error }, 'capture failed');
    return 'error';
  }

  return async (found: PaymentCase, key: string): Promise<Payment> => {
    const { payment, captureKey } = found;
    if (payment.status !== 'pending' && captureKey === key) return payment;
    const { id, orderId, method, amountCents } = payment;
    const ids = { payment_id: id, order_id: orderId, method };
    const startedAt = performance.now();
    logger.info(
      { event: 'payment_capture_started', ...ids, amount_cents: amountCents },
      'capture started',
    );
    const end = () => {
      const durationMs = performance.now() - startedAt;
      duration.observe(durationMs / 1_000, { method }, sampledTraceId());
      return { ...ids, duration_ms: Math.round(durationMs) };
    };
    try {
      const captured = await capture(money, found, key);
      captures.increment({ method, result: 'success' });
      logger.info({ event: 'payment_capture_completed', ...end() }, 'payment captured');
      return captured;
    } catch (error) {
      captures.increment({ method, result: reportFailure(end(), error) });
      throw error;
    }
  };
}

async function capture(money: MoneyDependencies, found: PaymentCase, key: string) {
  assertCapturable(found);
  const { pool, ledger, serializable } = money;
  const { id, method } = found.payment;
  // Before the transaction, which must not hold locks while a third party responds.
  const chargeId = method === 'card' ? await chargeCard(money, found.payment) : null;
  if (method === 'wallet') await openCustomerWallet(pool, ledger, found.customerId);
  const wallets = await openPaymentWallets(pool, found);
  try {
    return await serializable('payment_capture', (client) =>
      book(money, client, id, { captureKey: key, chargeId, wallets }),
    );
  } catch (error) {
    const isCancelled =
      error instanceof BusinessRuleError && error.options.code === 'ORDER_CANCELLED';
    if (isCancelled && chargeId !== null) await voidCharge(money, found.payment, chargeId);
    throw error;
  }
}

const cardDeclined = 'The card was declined. Make another payment for the order.';

function assertCapturable({ payment, orderStatus }: PaymentCase): void {
  const context = { currentStatus: payment.status };
  if (payment.status === 'declined') {
    throw new BusinessRuleError('CARD_DECLINED', cardDeclined, context);
  }
  if (payment.status !== 'pending') {
    const message = 'The payment was captured before.';
    throw new BusinessRuleError('PAYMENT_ALREADY_CAPTURED', message, context);
  }
  if (orderStatus === 'cancelled') {
    throw new BusinessRuleError('ORDER_CANCELLED', 'The order was cancelled.', context);
  }
}

async function chargeCard({ pool, processor }: MoneyDependencies, payment: Payment) {
  const { chargeId, status } = await processor.charge(payment);
  if (status === 'approved') return chargeId;
  await markDeclined(pool, payment.id, chargeId);
  throw new BusinessRuleError('CARD_DECLINED', cardDeclined, { currentStatus: 'declined' });
}

/** For an order that was cancelled between the charge and the booking. */
async function voidCharge(
  { processor, telemetry }: MoneyDependencies,
  { id, orderId, amountCents }: Payment,
  chargeId: string,
): Promise<void> {
  await processor.refund(chargeId, amountCents, `payment_${id}_void`);
  const fields = { payment_id: id, order_id: orderId, charge_id: chargeId };
  telemetry.logger.warn({ event: 'payment_charge_voided', ...fields }, 'charge refunded');
}

/** The database's part of a capture, in one serializable transaction. */
async function book(
  { ledger, publish }: MoneyDependencies,
  client: PoolClient,
  id: string,
  { wallets, ...booking }: { captureKey: string; chargeId: string | null; wallets: PaymentWallets },
): Promise<Payment> {
  const current = await lockCase(client, id);
  const { payment, customerId, restaurantId, courierId } = current;
  // Of two parallel requests with one key, the second returns the first one's result.
  if (payment.status !== 'pending' && current.captureKey === booking.captureKey) return payment;
  assertCapturable(current);
  const { method, amountCents, orderId } = payment;
  if (method === 'wallet') await assertFunds(client, wallets.source, amountCents);
  const captured = await markCaptured(client, id, booking);
  const isNew = await ledger.record(client, captureEntries(id, amountCents, wallets));
  if (!isNew) throw new HttpError(500, `The ledger has payment \`${id}\`, which is pending.`);
  if (current.orderStatus === 'delivered') await payCourier(client, ledger, orderId);
  const parties = { customerId, restaurantId, courierId };
  const at = new Date().toISOString();
  const payload = { paymentId: id, orderId, ...parties, method, amountCents, at };
  await publish(client, { type: 'payment.captured', aggregateId: id, payload });
  return captured;
}

async function assertFunds(client: PoolClient, walletId: string, amountCents: number) {
  const balanceCents = await readBalance(client, walletId);
  if (balanceCents >= amountCents) return;
  const context = { balanceCents, amountCents };
  throw new BusinessRuleError('INSUFFICIENT_FUNDS', 'The wallet holds less than that.', context);
}
