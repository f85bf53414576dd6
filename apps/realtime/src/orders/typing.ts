import type { Connection } from '../connections/connection.ts';
import type { Hub } from '../connections/hub.ts';
import type { Fanout } from '../notifications/fanout.ts';
import type { Channel } from '../protocol/channel.ts';
import type { ClientMessages, ServerMessages } from '../protocol/messages.ts';
import type { OrderParties } from './parties.ts';
import type { Tracking } from './tracking.ts';

// A client repeats itself while somebody types; the other side needs to hear it only so often.
const repeatAfterMs = 2_000;

/** What typing is passed on through. */
export interface TypingDependencies {
  readonly hub: Hub;
  readonly channel: Channel;
  readonly fanout: Fanout;
  readonly parties: Pick<OrderParties, 'isBlockedBy'>;
  readonly tracking: Tracking;
}

/** Passes on that somebody types, to the other party of an order. Nothing of it is stored. */
export interface Typing {
  tell(connection: Connection, message: ClientMessages['typing']): Promise<void>;
  /** Delivers to the devices that are connected here. */
  deliver(to: string, typing: ServerMessages['typing']): void;
}

/** Makes what passes typing on. */
export function createTyping(dependencies: TypingDependencies): Typing {
  const { hub, channel, fanout, parties, tracking } = dependencies;

  function deliver(to: string, typing: ServerMessages['typing']): void {
    if (hub.has(to)) hub.send(to, channel.encode('typing', typing));
  }

  return {
    deliver,
    async tell(connection, { orderId, isTyping }) {
      const { userId } = connection.caller;
      const subscription = tracking.subscriptionOf(connection, orderId);
      const to =
        userId === subscription.customerId ? subscription.courierId : subscription.customerId;
      const now = performance.now();
      const last = subscription.typing;
      if (last.isTyping === isTyping && now - last.toldAt < repeatAfterMs) return;
      subscription.typing = { isTyping, toldAt: now };
      if (to === undefined || (await parties.isBlockedBy(userId, to))) return;
      deliver(to, { orderId, userId, isTyping });
      await fanout.publish({ kind: 'typing', to, orderId, userId, isTyping });
    },
  };
}
