import type { Connection } from '../connections/connection.ts';
import type { Context } from '../context.ts';
import type { ClientMessages, ServerMessages } from '../protocol/messages.ts';
import { findSubscription } from './tracking.ts';

// A client repeats itself while somebody types; the other side needs it only so often.
const repeatAfterMs = 2_000;

export type Typing = ReturnType<typeof createTyping>;

/** Creates the service that forwards typing to the other party of an order, and stores nothing. */
export function createTyping({ hub, channel, fanout, parties }: Context) {
  /** To the devices connected to this instance. */
  function deliver(to: string, typing: ServerMessages['typing']): void {
    if (hub.has(to)) hub.send(to, channel.encode('typing', typing));
  }

  async function forward(connection: Connection, { orderId, isTyping }: ClientMessages['typing']) {
    const { userId } = connection.caller;
    const subscription = findSubscription(connection, orderId);
    const { customerId, courierId, typing: last } = subscription;
    const to = userId === customerId ? courierId : customerId;
    const now = performance.now();
    if (last.isTyping === isTyping && now - last.sentAt < repeatAfterMs) return;
    subscription.typing = { isTyping, sentAt: now };
    if (to === undefined || (await parties.isBlockedBy(userId, to))) return;
    deliver(to, { orderId, userId, isTyping });
    await fanout.publish({ kind: 'typing', to, orderId, userId, isTyping });
  }

  return { deliver, forward };
}
