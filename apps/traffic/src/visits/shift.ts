import { acceptAssignment, listRequest } from './assignments.ts';
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
  const abandoned = async (status: 'offered' | 'mine') => {
    const { items } = await client.send('list_assignments', listRequest(status));
    return items.filter((each) => isOld(each.offeredAt) && !stage.isAdopted(each.orderId));
  };
  const mine: { id: string; status: string }[] = await abandoned('mine');
  for (const { id } of (await abandoned('offered')).slice(0, atOnce)) {
    if (await acceptAssignment(client, id)) mine.push({ id, status: 'accepted' });
  }
  for (const { id, status } of mine.slice(0, atOnce)) {
    if (status === 'accepted') await client.send('pick_up', { id });
    await client.send('deliver', { id });
  }
}

async function kitchenShift(stage: Stage): Promise<void> {
  const { random } = stage;
  const client = stage.as(stage.pick('restaurant'));
  const restaurants = await stage.stranger.send('list_restaurants', { query: { limit: 20 } });
  const query = { restaurantId: random.pick(restaurants.items).id, limit: 50 };
  const { items } = await client.send('list_orders', { query });
  const isOpen = (status: string) => status === 'placed' || status === 'confirmed';
  const abandoned = items.filter(
    ({ id, status, updatedAt }) => isOpen(status) && isOld(updatedAt) && !stage.isAdopted(id),
  );
  for (const order of abandoned.slice(0, atOnce)) {
    // Another process may be faster.
    const request = { ...changeRequest(order, 'cancelled'), refusals: [409] };
    await client.attempt('change_order', request);
  }
}

function isOld(at: string): boolean {
  return Date.now() - Date.parse(at) > leftAfterMs;
}
