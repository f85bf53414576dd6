import type { ServerMessage } from '../live/protocol.ts';
import type { Account } from '../people/account.ts';
import type { Stage } from './stage.ts';

/** Has somebody who is online be told of every change of an order; the first comes at once. */
export async function followOrder(stage: Stage, account: Account, orderId: string): Promise<void> {
  const connection = stage.connectionOf(account);
  if (connection === undefined) return;
  connection.send('order.subscribe', { orderId });
  const isMeant = (news: ServerMessage<'order.status'>) => news.orderId === orderId;
  await stage.expect(connection, 'order.status', isMeant);
}

/** Runs what changes an order and waits until its customer, if online, has heard of it. */
export async function untilHeard(
  stage: Stage,
  customer: Account,
  { orderId, status }: { orderId: string; status: string },
  change: () => Promise<void>,
): Promise<void> {
  const connection = stage.connectionOf(customer);
  if (connection === undefined) return change();
  const isMeant = (news: ServerMessage<'order.status'>) =>
    news.orderId === orderId && news.status === status;
  const heard = stage.expect(connection, 'order.status', isMeant);
  // The change may fail first; what was not heard then is no news.
  heard.catch(() => {});
  await change();
  await heard;
}

/** Has somebody hear no more of an order, so that what they follow stays few. */
export function stopFollowing(stage: Stage, account: Account, orderId: string): void {
  stage.connectionOf(account)?.send('order.unsubscribe', { orderId });
}
