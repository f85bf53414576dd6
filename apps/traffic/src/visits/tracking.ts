import type { ServerMessage } from '../live/protocol.ts';
import type { Account } from '../people/account.ts';
import type { Stage } from './stage.ts';

/** Subscribes to an order, if online, and waits for its current status. */
export async function followOrder(stage: Stage, account: Account, orderId: string): Promise<void> {
  const connection = stage.connectionOf(account);
  if (connection === undefined) return;
  connection.send('order.subscribe', { orderId });
  const isExpected = (message: ServerMessage<'order.status'>) => message.orderId === orderId;
  await stage.expect(connection, 'order.status', isExpected);
}

/** Runs a change of an order and waits until its customer, if online, is notified. */
export async function waitForOrderStatus(
  stage: Stage,
  customer: Account,
  { orderId, status }: { orderId: string; status: string },
  change: () => Promise<unknown>,
): Promise<void> {
  const connection = stage.connectionOf(customer);
  if (connection === undefined) {
    await change();
    return;
  }
  const isExpected = (message: ServerMessage<'order.status'>) =>
    message.orderId === orderId && message.status === status;
  const notified = stage.expect(connection, 'order.status', isExpected);
  // The change may fail first.
  notified.catch(() => {});
  await change();
  await notified;
}

/** Unsubscribes from an order. */
export function stopFollowing(stage: Stage, account: Account, orderId: string): void {
  stage.connectionOf(account)?.send('order.unsubscribe', { orderId });
}
