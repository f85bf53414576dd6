import { finiteNumber } from '../metrics/finite-number.ts';
import { isFirstWrapping } from '../operations/metered.ts';
import type { Telemetry } from '../telemetry.ts';

/** Why a queue dropped a message: it was full, or it was closed with the message in it. */
export type DropReason = 'queue_full' | 'closed';

/** The part of a queue that is metered; `createBoundedQueue` makes one. */
export interface MeterableQueue {
  readonly size: number;
  readonly limit?: number;
  onDrop(listener: (reason: DropReason) => void): void;
  onClose(listener: () => void): void;
}

interface BoundedQueueOptions {
  readonly limit: number;
  /**
   * `oldest` suits a state that replaces itself, such as a position: the reader gets the newest.
   * `newest` suits an order of things, such as a chat: the reader misses nothing in between.
   */
  readonly drop: 'oldest' | 'newest';
}

/** Makes a queue between a fast writer and a slow reader. */
export function createBoundedQueue<T>({ limit, drop }: BoundedQueueOptions) {
  const items: T[] = [];
  const dropListeners: ((reason: DropReason) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let isClosed = false;

  function reportDrop(reason: DropReason): false {
    for (const listener of dropListeners) listener(reason);
    return false;
  }

  return {
    limit,
    get size() {
      return items.length;
    },
    /** Adds an item; returns whether nothing had to be dropped. */
    push(item: T): boolean {
      if (isClosed) return reportDrop('closed');
      if (items.length < limit) return items.push(item) > 0;
      if (drop === 'oldest') {
        items.shift();
        items.push(item);
      }
      return reportDrop('queue_full');
    },
    shift: (): T | undefined => items.shift(),
    /** Drops all items, and every later one. */
    close(): void {
      if (isClosed) return;
      isClosed = true;
      for (const _ of items.splice(0)) reportDrop('closed');
      for (const listener of closeListeners) listener();
    },
    onDrop: (listener: (reason: DropReason) => void) => void dropListeners.push(listener),
    onClose: (listener: () => void) => void closeListeners.push(listener),
  };
}

type QueueType = 'outbound' | 'ack' | 'other';
type QueuesByType = Map<QueueType, Set<MeterableQueue>>;

const queuesOf = new WeakMap<Telemetry, QueuesByType>();

/**
 * Meters a queue until it closes: drops and depth. There may be a queue for each
 * client, so the depth of a type is that of its deepest queue: the one nearest to its bound.
 * @returns the same queue
 */
export function instrumentQueue<Q extends MeterableQueue>(
  queue: Q,
  telemetry: Telemetry,
  { type }: { readonly type: QueueType },
): Q {
  if (!isFirstWrapping(telemetry, queue)) return queue;
  const queues = queuesOf.get(telemetry) ?? watchDepths(telemetry);
  const dropped = telemetry.metrics.counter('channel_dropped_messages_total');
  const peers = queues.get(type) ?? new Set();
  if (peers.size === 0) {
    for (const reason of ['queue_full', 'closed'] as const) dropped.add(0, { type, reason });
  }
  queues.set(type, peers.add(queue));
  queue.onDrop((reason) => dropped.increment({ type, reason }));
  queue.onClose(() => peers.delete(queue));
  return queue;
}

function watchDepths(telemetry: Telemetry): QueuesByType {
  const queues: QueuesByType = new Map();
  queuesOf.set(telemetry, queues);
  const depth = telemetry.metrics.gauge('channel_queue_depth');
  const bound = telemetry.metrics.gauge('channel_queue_limit');
  depth.collect(() => {
    for (const [type, peers] of queues) {
      let deepest = 0;
      let smallest = Number.POSITIVE_INFINITY;
      for (const { size, limit } of peers) {
        deepest = Math.max(deepest, size);
        smallest = Math.min(smallest, finiteNumber(limit) ?? smallest);
      }
      depth.set(deepest, { type });
      // The bound outlives the last queue: a type without clients is empty, not unbounded.
      if (Number.isFinite(smallest)) bound.set(smallest, { type });
    }
  });
  return queues;
}
