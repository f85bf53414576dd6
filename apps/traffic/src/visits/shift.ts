import { orderList, restaurantList } from '../target/answers.ts';
import { acceptAssignment, advanceAssignment, listAssignments } from './delivering.ts';
import { changeRequest } from './ordering.ts';
import type { Stage } from './stage.ts';

// Older than any order of a running visit: its visit or its process has ended early.
const leftAfterMs = 300_000;
const atOnce = 3;

/** A courier or a kitchen completes or cancels abandoned orders. */
export async function workShift(stage: Stage): Promise<void> {
  await (stage.random.isChance(0.5) ? courierShift(stage) : kitchenShift(stage));
}

async function courierShift(stage: Stage): Promise<void> {
  const client = stage.as(stage.pick('courier'));
  const isAbandoned = ({ orderId, offeredAt }: { orderId: string; offeredAt: string }) =>
    isOld(offeredAt) && !stage.isAdopted(orderId);
  const mine: { id: string; status: string }[] = (await listAssignments(client, 'mine')).filter(
    isAbandoned,
  );
  const offered = (await listAssignments(client, 'offered')).filter(isAbandoned);
  for (const { id } of offered.slice(0, atOnce)) {
    if (await acceptAssignment(client, id)) mine.push({ id, status: 'accepted' });
  }
  for (const { id, status } of mine.slice(0, atOnce)) {
    if (status === 'accepted') await advanceAssignment(client, id, 'pickup');
    await advanceAssignment(client, id, 'deliver');
  }
}

async function kitchenShift(stage: Stage): Promise<void> {
  const { random } = stage;
  const client = stage.as(stage.pick('restaurant'));
  const { items: restaurants } = await stage.stranger.send({
    ...{ operation: 'list_restaurants', path: '/api/v1/restaurants?limit=20' },
    answer: restaurantList,
  });
  const { items } = await client.send({
    operation: 'list_orders',
    path: `/api/v1/orders?restaurantId=${random.pick(restaurants).id}&limit=50`,
    answer: orderList,
  });
  const isOpen = (status: string) => status === 'placed' || status === 'confirmed';
  const abandoned = items.filter(
    ({ id, status, updatedAt }) => isOpen(status) && isOld(updatedAt) && !stage.isAdopted(id),
  );
  for (const order of abandoned.slice(0, atOnce)) {
    // Another process may be faster.
    const request = changeRequest(order, 'cancelled');
    await client.attempt({ ...request, refusals: [409] });
  }
}

function isOld(at: string): boolean {
  return Date.now() - Date.parse(at) > leftAfterMs;
}
