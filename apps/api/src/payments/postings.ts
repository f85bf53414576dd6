import { queryRow } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';
import type { Ledger, Posting } from '../ledger/ledger.ts';
import { openWallets, type WalletName } from '../ledger/wallets.ts';
import { type Shares, splitPayment } from './fees.ts';
import type { PaymentCase } from './store.ts';

export type PaymentWallets = Awaited<ReturnType<typeof openPaymentWallets>>;

export async function openPaymentWallets(pool: Pool, found: PaymentCase) {
  const { payment, customerId, restaurantId } = found;
  const { method } = payment;
  const payer: WalletName =
    method === 'wallet' ? { kind: 'customer', ownerId: customerId } : { kind: method };
  const [source = '', restaurant = '', platform = '', courierPool = ''] = await openWallets(pool, [
    payer,
    { kind: 'restaurant', ownerId: restaurantId },
    { kind: 'platform' },
    { kind: 'courier_pool' },
  ]);
  return {
    /** The customer's wallet, or the account of cards or cash. */
    source,
    restaurant,
    platform,
    /** Holds the fee until the courier has delivered. */
    courierPool,
  };
}

/** From the customer to everybody with a share. */
export function captureEntries(
  paymentId: string,
  amountCents: number,
  wallets: PaymentWallets,
): Posting {
  return movement('payment', { id: paymentId, paymentId }, wallets, {
    sourceCents: -amountCents,
    ...splitPayment(amountCents),
  });
}

/**
 * From every share back to the customer. The courier's share is taken from the pool even after its
 * payout: a courier who has delivered keeps the fee.
 */
export function refundEntries(
  refund: { id: string; paymentId: string; amountCents: number },
  shares: Shares,
  wallets: PaymentWallets,
): Posting {
  return movement('refund', refund, wallets, {
    sourceCents: refund.amountCents,
    restaurantCents: -shares.restaurantCents,
    platformCents: -shares.platformCents,
    courierCents: -shares.courierCents,
  });
}

function movement(
  prefix: 'payment' | 'refund',
  { id, paymentId }: { id: string; paymentId: string },
  wallets: PaymentWallets,
  cents: Shares & { sourceCents: number },
): Posting {
  const parts = [
    ['charge', wallets.source, cents.sourceCents],
    ['restaurant_share', wallets.restaurant, cents.restaurantCents],
    ['platform_fee', wallets.platform, cents.platformCents],
    ['courier_fee', wallets.courierPool, cents.courierCents],
  ] as const;
  const entries = parts.map(([type, walletId, amountCents]) => ({
    walletId,
    amountCents,
    type: `${prefix}_${type}`,
    idempotencyKey: `${prefix}_${id}_${type}`,
  }));
  return { paymentId, entries };
}

/** Pays the courier when an order is both delivered and paid. Call it after either; it pays once. */
export async function payCourier(
  client: ClientBase,
  ledger: Ledger,
  orderId: string,
): Promise<void> {
  const payment = await queryRow<{ id: string; amount: number; courier: string }>(client)`
    SELECT p.id, p.amount_cents AS amount, o.courier_id AS courier
    FROM payments.payments p JOIN orders.orders o ON o.id = p.order_id
    WHERE o.id = ${orderId} AND o.status = 'delivered' AND o.courier_id IS NOT NULL
      AND p.captured_at IS NOT NULL`;
  if (payment === undefined) return;
  const { courierCents } = splitPayment(payment.amount);
  const [pool = '', courier = ''] = await openWallets(client, [
    { kind: 'courier_pool' },
    { kind: 'courier', ownerId: payment.courier },
  ]);
  const entry = (side: string, walletId: string, amountCents: number) => ({
    ...{ walletId, amountCents, type: `payout_${side}` },
    idempotencyKey: `payment_${payment.id}_payout_${side}`,
  });
  await ledger.record(client, {
    paymentId: payment.id,
    entries: [entry('pool', pool, -courierCents), entry('courier', courier, courierCents)],
  });
}
