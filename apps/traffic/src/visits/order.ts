import type { Account } from '../people/account.ts';
import type { Order } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { chooseDishes, chooseRestaurant } from './browsing.ts';
import { deliverOrder } from './delivery.ts';
import {
  capturePayment,
  changeOrder,
  createPayment,
  type PaymentMethod,
  type PlacedOrder,
  placeOrder,
  readBalance,
  readOrder,
  refundPayment,
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
  const order = await placeOrder(client, body, stage.newId());
  await followOrder(stage, customer, order.id);
  const method = preferred ?? (await chooseMethod(stage, client, order));
  const payment = await createPayment(client, order.id, method);
  const isPaid =
    method === 'cash' || (await capturePayment(client, payment, stage.newId())) !== undefined;
  if (!isPaid) {
    await changeOrder(client, order, 'cancelled');
    return undefined;
  }
  await readOrder(client, order.id);
  return { order, payment, method, customer };
}

/** Few customers try a wallet with too little balance. */
async function chooseMethod(stage: Stage, client: Client, order: Order): Promise<PaymentMethod> {
  const method = stage.random.pick(['card', 'card', 'card', 'card', 'cash', 'wallet'] as const);
  if (method !== 'wallet') return method;
  const balanceCents = await readBalance(client);
  return balanceCents >= order.totalCents || stage.random.isChance(0.2) ? 'wallet' : 'card';
}

async function cook(stage: Stage, { order }: PlacedOrder, kitchen: Account): Promise<void> {
  const client = stage.as(kitchen);
  const seen = await readOrder(client, order.id);
  const confirmed = await changeOrder(client, seen, 'confirmed');
  await stage.pause();
  await changeOrder(client, confirmed, 'preparing');
}

/** Cancels the order and refunds the payment. */
async function cancel(stage: Stage, placed: PlacedOrder, by: Account): Promise<void> {
  const client = stage.as(by);
  await changeOrder(client, placed.order, 'cancelled');
  if (placed.method !== 'cash') await refund(stage, placed, client, 1);
}

async function refund(
  stage: Stage,
  { payment }: PlacedOrder,
  client: Client,
  share: number,
): Promise<void> {
  const amountCents = Math.ceil(payment.amountCents * share);
  await refundPayment(client, payment.id, amountCents, stage.newId());
}
