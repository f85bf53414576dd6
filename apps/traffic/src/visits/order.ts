import type { Account } from '../people/account.ts';
import type { Client } from '../target/client.ts';
import type { Order } from '../target/operations.ts';
import { chooseDishes, chooseRestaurant } from './browsing.ts';
import { deliverOrder } from './delivery.ts';
import {
  capturePayment,
  changeRequest,
  onceRequest,
  type PaymentMethod,
  type PlacedOrder,
} from './ordering.ts';
import type { Stage } from './stage.ts';
import { followOrder } from './tracking.ts';

// Shares of orders that end early, and of delivered ones that are refunded.
const changedMindShare = 0.07;
const refusedShare = 0.03;
const refundShare = 0.06;

/** A customer orders and pays; a kitchen cooks, a courier delivers. */
export async function order(stage: Stage): Promise<void> {
  const customer = stage.pick('customer');
  await orderAs(stage, customer, undefined);
}

/** The same for a given customer; the payment method is random if undefined. */
export async function orderAs(
  stage: Stage,
  customer: Account,
  method: PaymentMethod | undefined,
): Promise<void> {
  const { random } = stage;
  const placed = await stage.scene('order', () => place(stage, customer, method));
  if (placed === undefined) return;
  const release = stage.adopt(placed.order.id);
  try {
    await stage.pause();
    if (random.isChance(changedMindShare)) {
      return await stage.scene('cancellation', () => cancel(stage, placed, customer));
    }
    const kitchen = stage.pick('restaurant');
    if (random.isChance(refusedShare)) {
      return await stage.scene('cancellation', () => cancel(stage, placed, kitchen));
    }
    await stage.scene('kitchen', () => cook(stage, placed, kitchen));
    await stage.pause();
    await deliverOrder(stage, placed);
    if (!random.isChance(refundShare)) return;
    await stage.pause();
    await stage.scene('refund', () => refund(stage, placed, stage.as(kitchen), 0.5));
  } finally {
    release();
  }
}

async function place(
  stage: Stage,
  customer: Account,
  preferred: PaymentMethod | undefined,
): Promise<PlacedOrder | undefined> {
  const { random } = stage;
  const client = stage.as(customer);
  const body = chooseDishes(await chooseRestaurant(stage), random);
  const order = await client.send('create_order', onceRequest(body, stage.newId()));
  await followOrder(stage, customer, order.id);
  const method = preferred ?? (await chooseMethod(stage, client, order));
  const payment = await client.send('create_payment', { id: order.id, body: { method } });
  const isPaid =
    method === 'cash' || (await capturePayment(client, payment, stage.newId())) !== undefined;
  if (!isPaid) {
    await client.send('change_order', changeRequest(order, 'cancelled'));
    return undefined;
  }
  await client.send('read_order', { id: order.id });
  return { order, payment, method, customer };
}

/** Few customers try a wallet with too little balance. */
async function chooseMethod(stage: Stage, client: Client, order: Order): Promise<PaymentMethod> {
  const method = stage.random.pick(['card', 'card', 'card', 'card', 'cash', 'wallet'] as const);
  if (method !== 'wallet') return method;
  const { balanceCents } = await client.send('read_wallet');
  return balanceCents >= order.totalCents || stage.random.isChance(0.2) ? 'wallet' : 'card';
}

async function cook(stage: Stage, { order }: PlacedOrder, kitchen: Account): Promise<void> {
  const client = stage.as(kitchen);
  const seen = await client.send('read_order', { id: order.id });
  const confirmed = await client.send('change_order', changeRequest(seen, 'confirmed'));
  await stage.pause();
  await client.send('change_order', changeRequest(confirmed, 'preparing'));
}

/** Cancels the order and refunds the payment. */
async function cancel(stage: Stage, placed: PlacedOrder, by: Account): Promise<void> {
  const client = stage.as(by);
  await client.send('change_order', changeRequest(placed.order, 'cancelled'));
  if (placed.method !== 'cash') await refund(stage, placed, client, 1);
}

async function refund(
  stage: Stage,
  { payment }: PlacedOrder,
  client: Client,
  share: number,
): Promise<void> {
  const amountCents = Math.ceil(payment.amountCents * share);
  const request = onceRequest({ amountCents, reason: 'Something was missing' }, stage.newId());
  await client.send('refund_payment', { id: payment.id, ...request });
}
