import { type EncodedMessage, instrumentQueue, type Telemetry } from '@watchkeeper/telemetry';
import type { WebSocket } from 'ws';
import { realtimeMetrics } from '../catalogue.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Disturbance } from './disturbance.ts';
import { createOutboundQueue } from './outbound-queue.ts';

/** The way out to one client. */
export interface Outbound {
  /** Messages that wait. */
  readonly waiting: number;
  /** Since when the next message has been waiting, on the monotonic clock. */
  readonly oldestAt: number | undefined;
  /** Since when the client has taken nothing although something waits for it. */
  readonly stalledSince: number | undefined;
  send(message: EncodedMessage): void;
  /** Resolves when nothing waits any more, or the connection is over. */
  flushed(): Promise<void>;
  /** Drops what waits. */
  close(): void;
}

/** What a way out is made of. */
export interface OutboundParts {
  readonly telemetry: Telemetry;
  readonly channel: Channel;
  readonly socket: WebSocket;
  readonly queueLimit: number;
  readonly disturbance: Disturbance;
  /** Called when a message that must not be dropped found no room. */
  readonly onOverflow: () => void;
}

// Beyond this the socket itself holds enough; the rest waits where it is counted and can be dropped.
const highWaterBytes = 65_536;
const openState = 1;

/**
 * Makes the way out: messages go to the socket while it takes them, and wait in a bounded queue
 * while it does not.
 */
export function createOutbound(parts: OutboundParts): Outbound {
  const { telemetry, channel, socket, disturbance, onOverflow } = parts;
  const wait = telemetry.declareMetrics(realtimeMetrics).histogram('galley_message_wait_seconds');
  const ownQueue = createOutboundQueue(parts.queueLimit);
  const queue = instrumentQueue(ownQueue, telemetry, { type: 'outbound' });
  let isHeldUp = false;
  let progressAt = performance.now();
  let flushListeners: (() => void)[] = [];

  const writer = {
    get readyState() {
      return socket.readyState;
    },
    send: (text: string) => socket.send(text, goOn),
  };
  const isIdle = () => queue.size === 0 && socket.bufferedAmount === 0;
  const canWrite = () =>
    !isHeldUp && socket.readyState === openState && socket.bufferedAmount < highWaterBytes;

  function pump(): void {
    while (canWrite()) {
      const next = queue.shift();
      if (next === undefined) break;
      wait.observe((performance.now() - next.queuedAt) / 1_000, {});
      channel.send(writer, next.message);
      holdUp(disturbance.delayMs());
    }
    if (isIdle()) tellFlushed();
  }

  function goOn(): void {
    progressAt = performance.now();
    pump();
  }

  function holdUp(delayMs: number | undefined): void {
    if (delayMs === undefined) return;
    isHeldUp = true;
    setTimeout(() => {
      isHeldUp = false;
      goOn();
    }, delayMs).unref();
  }

  function tellFlushed(): void {
    const listeners = flushListeners;
    flushListeners = [];
    for (const listener of listeners) listener();
  }

  return {
    get waiting() {
      return queue.size;
    },
    get oldestAt() {
      return queue.oldestAt;
    },
    get stalledSince() {
      return isIdle() || isHeldUp ? undefined : progressAt;
    },
    send(message) {
      if (disturbance.isDropped()) return queue.refuse();
      const queuedAt = performance.now();
      // Time without progress counts from when there was something to take.
      if (isIdle()) progressAt = queuedAt;
      return queue.push({ message, queuedAt }) ? pump() : onOverflow();
    },
    async flushed() {
      if (isIdle() || socket.readyState !== openState) return;
      await new Promise<void>((resolve) => flushListeners.push(resolve));
    },
    close() {
      queue.close();
      tellFlushed();
    },
  };
}
