import {
  createFaults,
  defineFault,
  expiresInSeconds,
  httpFaults,
  poolFaults,
  processFaults,
} from '@watchkeeper/galley';
import { createBoundedQueue, instrumentQueue, type Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Hub } from './connections/hub.ts';
import type { Channel } from './protocol/channel.ts';

const share = z.number().min(0).max(1);
const perSecond = z.number().int().min(0).max(1_000);

/** What the faults of realtime act on. */
export interface FaultTargets {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly hub: Hub;
  readonly channel: Channel;
}

/** Everything that can be broken in realtime on purpose, all off. */
export function createRealtimeFaults(targets: FaultTargets, isEnabled: boolean) {
  const { pool, telemetry } = targets;
  const known = {
    ...httpFaults,
    ...poolFaults(pool),
    ...processFaults(telemetry.logger),
    ...clientFaults(targets),
  };
  return createFaults(known, { isEnabled });
}

/** The switches of realtime. */
export type RealtimeFaults = ReturnType<typeof createRealtimeFaults>;

function clientFaults({ telemetry, hub, channel }: FaultTargets) {
  return {
    /** A share of the clients takes each message only after a delay, and is kept busy with pongs. */
    slowConsumers: defineFault(
      z.strictObject({
        delayMs: z.number().int().min(1).max(60_000).default(1_000),
        share: share.default(1),
        // So that queues fill on a quiet system too; a pong is what a client may lose.
        messagesPerSecond: perSecond.default(50),
        expiresInSeconds,
      }),
      (fault) => everySecond(() => sendPongs(hub, channel, fault)),
    ),
    /** A share of what clients should get is lost; `perSecond` more are lost without anybody's harm. */
    droppedMessages: defineFault(
      z.strictObject({
        share: share.default(0),
        perSecond: perSecond.default(10),
        expiresInSeconds,
      }),
      ({ perSecond }) => everySecond(() => dropMessages(telemetry, perSecond)),
    ),
  };
}

function everySecond(act: () => void): () => void {
  act();
  const timer = setInterval(act, 1_000);
  timer.unref();
  return () => clearInterval(timer);
}

function sendPongs(
  hub: Hub,
  channel: Channel,
  { share, messagesPerSecond }: { share: number; messagesPerSecond: number },
): void {
  const pong = channel.encode('pong', { at: new Date().toISOString() });
  for (const connection of hub.all()) {
    if (connection.lot >= share) continue;
    for (let i = 0; i < messagesPerSecond; i += 1) connection.send(pong);
  }
}

/** Through a full queue of the usual kind, so that they are counted as every other drop is. */
function dropMessages(telemetry: Telemetry, count: number): void {
  const full = createBoundedQueue<number>({ limit: 0, drop: 'newest' });
  const queue = instrumentQueue(full, telemetry, { type: 'outbound' });
  for (let i = 0; i < count; i += 1) queue.push(i);
  queue.close();
}
