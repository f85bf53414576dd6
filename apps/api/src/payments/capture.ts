import { BusinessRuleError, HttpError, sampledTraceId } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { openCustomerWallet } from '../ledger/customer-wallet.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readBalance } from '../ledger/wallets.ts';
import type { CardProcessor } from './card-processor.ts';
import { paymentMethods } from './catalogue.ts';
import { captureEntries, openPaymentWallets, type PaymentWallets, payCourier } from './postings.ts';
import type { RunSerializable } from './serializable.ts';
import { lockCase, markCaptured, markDeclined, type Payment, type PaymentCase } from './store.ts';

export interface MoneyDependencies extends Context {
  readonly ledger: Ledger;
  readonly processor: CardProcessor;
  readonly serializable: RunSerializable;
}

/**
 * Captures a payment once; the request may be repeated with its key.
 *
 * Designed for a peak of 120 captures an hour, each with five ledger entries. The limits are the
 * serializable transaction and the card processor's response time.
 * @throws BusinessRuleError if it is refused, HttpError 503 if it may be retried
 */
export type CapturePayment = (found: PaymentCase, key: string) => Promise<Payment>;

const declines = new Set(['CARD_DECLINED', 'INSUFFICIENT_FUNDS']);

export function createCapture(money: MoneyDependencies): CapturePayment {
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

  return async (found, key) => {
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
  const { method } = found.payment;
  // Before the transaction, which must not hold locks while a third party responds.
  const chargeId = method === 'card' ? await chargeCard(money, found.payment) : null;
  if (method === 'wallet') await openCustomerWallet(pool, ledger, found.customerId);
  const wallets = await openPaymentWallets(pool, { ...found, method });
  try {
    return await serializable('payment_capture', (client) =>
      book(money, client, { id: found.payment.id, key, chargeId, wallets }),
    );
  } catch (error) {
    if (chargeId !== null && isRule(error, 'ORDER_CANCELLED')) {
      await voidCharge(money, found.payment, chargeId);
    }
    throw error;
  }
}

function isRule(error: unknown, rule: string): boolean {
  return error instanceof BusinessRuleError && error.options.code === rule;
}

function assertCapturable({ payment, orderStatus }: PaymentCase): void {
  const context = { currentStatus: payment.status };
  if (payment.status === 'declined') {
    const message = 'The card was declined. Make another payment for the order.';
    throw new BusinessRuleError('CARD_DECLINED', message, context);
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
  const message = 'The card was declined. Make another payment for the order.';
  throw new BusinessRuleError('CARD_DECLINED', message, { currentStatus: 'declined' });
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

interface Booking {
  readonly id: string;
  readonly key: string;
  readonly chargeId: string | null;
  readonly wallets: PaymentWallets;
}

/** The database's part of a capture, in one serializable transaction. */
async function book(
  { ledger, publish }: MoneyDependencies,
  client: PoolClient,
  { id, key, chargeId, wallets }: Booking,
): Promise<Payment> {
  const current = await lockCase(client, id);
  // Of two parallel requests with one key, the second returns the first one's result.
  if (current.payment.status !== 'pending' && current.captureKey === key) return current.payment;
  assertCapturable(current);
  const { method, amountCents, orderId } = current.payment;
  if (method === 'wallet') await assertFunds(client, wallets.source, amountCents);
  const captured = await markCaptured(client, id, { captureKey: key, chargeId });
  const isNew = await ledger.record(client, captureEntries(id, amountCents, wallets));
  if (!isNew) throw new HttpError(500, `The ledger has payment \`${id}\`, which is pending.`);
  if (current.orderStatus === 'delivered') await payCourier(client, ledger, orderId);
  const { customerId, restaurantId, courierId } = current;
  const parties = { customerId, restaurantId, courierId };
  const at = new Date().toISOString();
  const payload = { paymentId: id, orderId, ...parties, method, amountCents, at };
  await publish(client, { type: 'payment.captured', aggregateId: id, payload });
  return captured;
}

async function assertFunds(client: PoolClient, walletId: string, amountCents: number) {
  const balanceCents = await readBalance(client, walletId);
  if (balanceCents >= amountCents) return;
  throw new BusinessRuleError('INSUFFICIENT_FUNDS', 'The wallet holds less than that.', {
    balanceCents,
    amountCents,
  });
}
