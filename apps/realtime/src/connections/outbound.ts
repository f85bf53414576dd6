import { EventEmitter, once } from 'node:events';
import type { EncodedMessage, Telemetry } from '@watchkeeper/telemetry';
import type { WebSocket } from 'ws';
import { realtimeMetrics } from '../catalogue.ts';
import type { RealtimeFaults } from '../faults.ts';
import type { Channel } from '../protocol/messages.ts';
import { createMeteredQueue } from './outbound-queue.ts';

interface OutboundOptions {
  readonly telemetry: Telemetry;
  readonly channel: Channel;
  readonly socket: WebSocket;
  readonly queueLimit: number;
  readonly faults: RealtimeFaults;
  readonly faultThreshold: number;
  /** Called when a message that must not be dropped finds no room. */
  readonly onOverflow: () => void;
}

export type Outbound = ReturnType<typeof createOutbound>;

// With more buffered, messages wait in our queue, which is metered and may drop.
const highWaterBytes = 65_536;
const openState = 1;

/** Creates the outbound side of a connection: a bounded queue in front of the socket's buffer. */
export function createOutbound(options: OutboundOptions) {
  const { telemetry, channel, socket, onOverflow } = options;
  const wait = telemetry.declareMetrics(realtimeMetrics).histogram('galley_message_wait_seconds');
  const queue = createMeteredQueue(telemetry, options.queueLimit);
  const flushes = new EventEmitter();
  let isPaused = false;
  let progressAt = performance.now();

  const isIdle = () => queue.size === 0 && socket.bufferedAmount === 0;

  function writeQueued(): void {
    while (!isPaused && socket.readyState === openState && socket.bufferedAmount < highWaterBytes) {
      const next = queue.shift();
      if (next === undefined) break;
      wait.observe((performance.now() - next.queuedAt) / 1_000, {});
      const { readyState } = socket;
      channel.send({ readyState, send: (text) => socket.send(text, onProgress) }, next.message);
      const delayMs = slowdownMs(options);
      if (delayMs !== undefined) pause(delayMs);
    }
    if (isIdle()) flushes.emit('flushed');
  }

  function onProgress(): void {
    progressAt = performance.now();
    writeQueued();
  }

  function pause(delayMs: number): void {
    isPaused = true;
    setTimeout(() => {
      isPaused = false;
      onProgress();
    }, delayMs).unref();
  }

  return {
    waiting: () => queue.size,
    /** When the next message was queued, on the monotonic clock. */
    oldestAt: () => queue.oldestAt,
    /** Since when the client has taken nothing of what is queued, on the monotonic clock. */
    stalledSince: () => (isIdle() || isPaused ? undefined : progressAt),
    send(message: EncodedMessage) {
      if (isDropped(options)) return queue.refuse();
      const queuedAt = performance.now();
      // A stall is timed from the first message that the client could take.
      if (isIdle()) progressAt = queuedAt;
      return queue.push({ message, queuedAt }) ? writeQueued() : onOverflow();
    },
    /** Resolves when nothing is queued any more, or the connection has closed. */
    async flushed(): Promise<void> {
      if (!isIdle() && socket.readyState === openState) await once(flushes, 'flushed');
    },
    /** Drops what is queued. */
    close(): void {
      queue.close();
      flushes.emit('flushed');
    },
  };
}

/** How long the client takes for the message just sent, in milliseconds. */
function slowdownMs({ faults, faultThreshold }: OutboundOptions): number | undefined {
  const fault = faults.get('slowConsumers');
  return fault !== undefined && faultThreshold < fault.share ? fault.delayMs : undefined;
}

function isDropped({ faults }: OutboundOptions): boolean {
  const share = faults.get('droppedMessages')?.share ?? 0;
  return share > 0 && Math.random() < share;
}
