import type { DropReason, EncodedMessage, MeterableQueue } from '@watchkeeper/telemetry';
import { ephemeralTypes } from '../protocol/messages.ts';

/** A message that waits, and since when, on the monotonic clock. */
export interface WaitingMessage {
  readonly message: EncodedMessage;
  readonly queuedAt: number;
}

/** The messages that wait for one client; what may be dropped goes first. */
export interface OutboundQueue extends MeterableQueue {
  readonly limit: number;
  /** Since when the next message has been waiting. */
  readonly oldestAt: number | undefined;
  /** Adds a message; answers false where it must not be dropped and there is no room for it. */
  push(waiting: WaitingMessage): boolean;
  /** Counts a message as dropped that never came in. */
  refuse(): void;
  shift(): WaitingMessage | undefined;
  /** Drops what is left; what is pushed from now on is dropped as well. */
  close(): void;
}

/**
 * Makes a queue of at most `limit` messages. Where it is full an ephemeral message is dropped; any
 * other takes the place of the oldest ephemeral one, and does not fit where there is none.
 */
export function createOutboundQueue(limit: number): OutboundQueue {
  let items: WaitingMessage[] = [];
  let isClosed = false;
  let tellDrop: (reason: DropReason) => void = () => {};
  let tellClose = () => {};

  function makeRoom(): boolean {
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
    push(waiting) {
      if (isClosed) {
        tellDrop('closed');
        return true;
      }
      if (items.length >= limit) {
        tellDrop('queue_full');
        if (ephemeralTypes.has(waiting.message.type)) return true;
        if (!makeRoom()) return false;
      }
      items.push(waiting);
      return true;
    },
    refuse: () => tellDrop('queue_full'),
    shift: () => items.shift(),
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const _ of items) tellDrop('closed');
      items = [];
      tellClose();
    },
    onDrop(listener) {
      tellDrop = listener;
    },
    onClose(listener) {
      tellClose = listener;
    },
  };
}
