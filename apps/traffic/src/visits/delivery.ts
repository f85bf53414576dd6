import type { Account } from '../people/account.ts';
import { acceptAssignment, listRequest } from './assignments.ts';
import { chat } from './chat.ts';
import { capturePayment, type PlacedOrder } from './ordering.ts';
import type { Stage } from './stage.ts';
import { followOrder, stopFollowing, waitForOrderStatus } from './tracking.ts';

const rivalShare = 0.15;

export async function deliverOrder(stage: Stage, placed: PlacedOrder): Promise<void> {
  const { customer, order } = placed;
  const taken = await stage.scene('acceptance', () => accept(stage, placed));
  if (taken === undefined) return;
  const release = holdConnections(stage, [customer, taken.courier]);
  try {
    await chat(stage, { orderId: order.id, customer, courier: taken.courier });
    await stage.pause();
    await stage.scene('delivery', () => bring(stage, placed, taken));
  } finally {
    for (const account of [customer, taken.courier]) stopFollowing(stage, account, order.id);
    release();
  }
}

interface Taken {
  readonly courier: Account;
  readonly assignmentId: string;
}

/** Undefined if another process's courier took it. */
async function accept(stage: Stage, { order, customer }: PlacedOrder): Promise<Taken | undefined> {
  const { assignment } = await stage.as(customer).send('read_order', { id: order.id });
  if (assignment === null) return undefined;
  const courier = stage.pick('courier');
  await stage.as(courier).send('list_assignments', listRequest('offered'));
  const couriers = stage.random.isChance(rivalShare) ? [courier, stage.pick('courier')] : [courier];
  // Both at once: one of them is refused.
  const results = await Promise.all(
    couriers.map((each) => acceptAssignment(stage.as(each), assignment.id)),
  );
  const winner = couriers[results.indexOf(true)];
  if (winner === undefined) return undefined;
  // The customer may have reconnected since the order, and a new connection has no subscription.
  for (const account of [customer, winner]) await followOrder(stage, account, order.id);
  return { courier: winner, assignmentId: assignment.id };
}

async function bring(
  stage: Stage,
  { order, payment, method, customer }: PlacedOrder,
  { courier, assignmentId }: Taken,
): Promise<void> {
  const client = stage.as(courier);
  const orderId = order.id;
  const assignment = { id: assignmentId };
  await waitForOrderStatus(stage, customer, { orderId, status: 'delivering' }, () =>
    client.send('pick_up', assignment),
  );
  await client.send('list_assignments', listRequest('mine'));
  await stage.as(customer).send('read_order', { id: orderId });
  await stage.pause();
  if (method === 'cash') await capturePayment(client, payment, stage.newId());
  await waitForOrderStatus(stage, customer, { orderId, status: 'delivered' }, () =>
    client.send('deliver', assignment),
  );
  await stage.as(customer).send('read_order', { id: orderId });
}

/** Keeps people online during their order. */
function holdConnections(stage: Stage, accounts: readonly Account[]): () => void {
  const held = accounts.flatMap((account) => stage.connectionOf(account) ?? []);
  for (const connection of held) connection.visits += 1;
  return () => {
    for (const connection of held) connection.visits -= 1;
  };
}
