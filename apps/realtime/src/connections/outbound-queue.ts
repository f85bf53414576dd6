import type { DropReason, EncodedMessage, MeterableQueue } from '@watchkeeper/telemetry';
import { ephemeralTypes } from '../protocol/messages.ts';

interface QueuedMessage {
  readonly message: EncodedMessage;
  /** On the monotonic clock. */
  readonly queuedAt: number;
}

interface OutboundQueue extends MeterableQueue {
  readonly limit: number;
  readonly oldestAt: number | undefined;
  /** Adds a message; false if it must not be dropped and the queue has no room. */
  push(queued: QueuedMessage): boolean;
  /** Counts a message as dropped that was never queued. */
  refuse(): void;
  shift(): QueuedMessage | undefined;
  /** Drops what is queued and whatever is pushed later. */
  close(): void;
}

/**
 * Creates the queue of one client, with at most `limit` messages. A full queue drops an ephemeral
 * message; any other replaces the oldest ephemeral one, and does not fit if there is none.
 */
export function createOutboundQueue(limit: number): OutboundQueue {
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
    push(queued) {
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
    refuse: () => onDrop('queue_full'),
    shift: () => items.shift(),
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const _ of items) onDrop('closed');
      items = [];
      onClose();
    },
    onDrop(listener) {
      onDrop = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
  };
}
