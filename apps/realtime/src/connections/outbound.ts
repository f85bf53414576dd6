import { type EncodedMessage, instrumentQueue, type Telemetry } from '@watchkeeper/telemetry';
import type { WebSocket } from 'ws';
import { realtimeMetrics } from '../catalogue.ts';
import type { Channel } from '../protocol/channel.ts';
import type { ConnectionFaults } from './connection-faults.ts';
import { createOutboundQueue } from './outbound-queue.ts';

interface OutboundOptions {
  readonly telemetry: Telemetry;
  readonly channel: Channel;
  readonly socket: WebSocket;
  readonly queueLimit: number;
  readonly faults: ConnectionFaults;
  /** Called when a message that must not be dropped finds no room. */
  readonly onOverflow: () => void;
}

export type Outbound = ReturnType<typeof createOutbound>;

// With more buffered, messages wait in our queue, which is metered and may drop.
const highWaterBytes = 65_536;
const openState = 1;

/** Creates the outbound side of a connection: a bounded queue in front of the socket's buffer. */
export function createOutbound(options: OutboundOptions) {
  const { telemetry, channel, socket, faults, onOverflow } = options;
  const wait = telemetry.declareMetrics(realtimeMetrics).histogram('galley_message_wait_seconds');
  const ownQueue = createOutboundQueue(options.queueLimit);
  const queue = instrumentQueue(ownQueue, telemetry, { type: 'outbound' });
  let isPaused = false;
  let progressAt = performance.now();
  let flushListeners: (() => void)[] = [];

  const writer = {
    get readyState() {
      return socket.readyState;
    },
    send: (text: string) => socket.send(text, onProgress),
  };
  const isIdle = () => queue.size === 0 && socket.bufferedAmount === 0;
  const canWrite = () =>
    !isPaused && socket.readyState === openState && socket.bufferedAmount < highWaterBytes;

  function writeQueued(): void {
    while (canWrite()) {
      const next = queue.shift();
      if (next === undefined) break;
      wait.observe((performance.now() - next.queuedAt) / 1_000, {});
      channel.send(writer, next.message);
      pauseFor(faults.delayMs());
    }
    if (isIdle()) notifyFlushed();
  }

  function onProgress(): void {
    progressAt = performance.now();
    writeQueued();
  }

  function pauseFor(delayMs: number | undefined): void {
    if (delayMs === undefined) return;
    isPaused = true;
    setTimeout(() => {
      isPaused = false;
      onProgress();
    }, delayMs).unref();
  }

  function notifyFlushed(): void {
    const listeners = flushListeners;
    flushListeners = [];
    for (const listener of listeners) listener();
  }

  return {
    /** Number of queued messages. */
    get waiting() {
      return queue.size;
    },
    /** When the next message was queued, on the monotonic clock. */
    get oldestAt() {
      return queue.oldestAt;
    },
    /** Since when the client has taken nothing of what is queued, on the monotonic clock. */
    get stalledSince() {
      return isIdle() || isPaused ? undefined : progressAt;
    },
    send(message: EncodedMessage) {
      if (faults.isDropped()) return queue.refuse();
      const queuedAt = performance.now();
      // A stall is timed from the first message that the client could take.
      if (isIdle()) progressAt = queuedAt;
      return queue.push({ message, queuedAt }) ? writeQueued() : onOverflow();
    },
    /** Resolves when nothing is queued any more, or the connection has closed. */
    async flushed(): Promise<void> {
      if (isIdle() || socket.readyState !== openState) return;
      await new Promise<void>((resolve) => flushListeners.push(resolve));
    },
    /** Drops what is queued. */
    close(): void {
      queue.close();
      notifyFlushed();
    },
  };
}
