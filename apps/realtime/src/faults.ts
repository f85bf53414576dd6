import {
  createFaults,
  defineFault,
  expiresInSeconds,
  repeat,
  serviceFaults,
} from '@watchkeeper/galley';
import {
  createBoundedQueue,
  type EncodedMessage,
  instrumentQueue,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Channel } from './protocol/messages.ts';

const share = z.number().min(0).max(1);
const perSecond = z.number().int().min(0).max(1_000);

interface FaultTargets {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly hub: {
    all(): Iterable<{ readonly faultThreshold: number; send(message: EncodedMessage): void }>;
  };
  readonly channel: Channel;
}

export type RealtimeFaults = ReturnType<typeof createRealtimeFaults>;

/** Creates realtime's faults, all off. */
export function createRealtimeFaults(targets: FaultTargets, isEnabled: boolean) {
  const { pool, telemetry } = targets;
  const known = { ...serviceFaults(pool, telemetry.logger), ...clientFaults(targets) };
  return createFaults(known, { isEnabled });
}

function clientFaults({ telemetry, hub, channel }: FaultTargets) {
  return {
    /** A share of the clients takes each message only after a delay, and gets extra pongs. */
    slowConsumers: defineFault(
      z.strictObject({
        delayMs: z.number().int().min(1).max(60_000).default(1_000),
        share: share.default(1),
        // Fills queues on a quiet system too; a client may lose pongs.
        messagesPerSecond: perSecond.default(50),
        expiresInSeconds,
      }),
      (fault) => repeat(1_000, () => sendPongs(hub, channel, fault)),
    ),
    /** Drops a share of the messages to clients, and `perSecond` made-up ones that nobody misses. */
    droppedMessages: defineFault(
      z.strictObject({
        share: share.default(0),
        perSecond: perSecond.default(10),
        expiresInSeconds,
      }),
      ({ perSecond }) => repeat(1_000, () => dropMessages(telemetry, perSecond)),
    ),
  };
}

function sendPongs(
  hub: FaultTargets['hub'],
  channel: Channel,
  { share, messagesPerSecond }: { share: number; messagesPerSecond: number },
): void {
  const pong = channel.encode('pong', { at: new Date().toISOString() });
  for (const connection of hub.all()) {
    if (connection.faultThreshold >= share) continue;
    for (let i = 0; i < messagesPerSecond; i += 1) connection.send(pong);
  }
}

/** Through a full queue of the usual kind, so that they count like any other drop. */
function dropMessages(telemetry: Telemetry, count: number): void {
  const full = createBoundedQueue<number>({ limit: 0, drop: 'newest' });
  const queue = instrumentQueue(full, telemetry, { type: 'outbound' });
  for (let i = 0; i < count; i += 1) queue.push(i);
  queue.close();
}
