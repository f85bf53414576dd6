import {
  type DropReason,
  type EncodedMessage,
  instrumentQueue,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { ephemeralTypes } from '../protocol/messages.ts';

interface QueuedMessage {
  readonly message: EncodedMessage;
  /** On the monotonic clock. */
  readonly queuedAt: number;
}

/**
 * Creates the queue of one client, with at most `limit` messages. A full queue drops an ephemeral
 * message; any other replaces the oldest ephemeral one, and does not fit if there is none.
 */
export function createOutboundQueue(limit: number) {
  let items: QueuedMessage[] = [];
  let isClosed = false;
  let onDrop: (reason: DropReason) => void = () => {};
  let onClose = () => {};

  function dropOldestEphemeral(): boolean {
    const index = items.findIndex(({ message }) => ephemeralTypes.has(message.type));
    if (index === -1) return false;
    items.splice(index, 1);
    return true;
  }

  return {
    limit,
    get size() {
      return items.length;
    },
    get oldestAt() {
      return items[0]?.queuedAt;
    },
    /** Adds a message; false if it must not be dropped and the queue has no room. */
    push(queued: QueuedMessage): boolean {
      if (isClosed) {
        onDrop('closed');
        return true;
      }
      if (items.length >= limit) {
        onDrop('queue_full');
        if (ephemeralTypes.has(queued.message.type)) return true;
        if (!dropOldestEphemeral()) return false;
      }
      items.push(queued);
      return true;
    },
    /** Counts a message as dropped that was never queued. */
    refuse: () => onDrop('queue_full'),
    shift: () => items.shift(),
    /** Drops what is queued and whatever is pushed later. */
    close(): void {
      if (isClosed) return;
      isClosed = true;
      for (const _ of items) onDrop('closed');
      items = [];
      onClose();
    },
    onDrop(listener: typeof onDrop): void {
      onDrop = listener;
    },
    onClose(listener: typeof onClose): void {
      onClose = listener;
    },
  };
}

/** The same queue with its metrics. */
export function createMeteredQueue(telemetry: Telemetry, limit: number) {
  return instrumentQueue(createOutboundQueue(limit), telemetry, { type: 'outbound' });
}
