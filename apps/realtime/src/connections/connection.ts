import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import type { Caller } from '@watchkeeper/galley';
import type { EncodedMessage, ReceivedMessage, Telemetry } from '@watchkeeper/telemetry';
import type { WebSocket } from 'ws';
import { realtimeMetrics } from '../catalogue.ts';
import type { Settings } from '../config.ts';
import type { RealtimeFaults } from '../faults.ts';
import type { Subscription } from '../orders/subscription.ts';
import type { Channel } from '../protocol/channel.ts';
import type { PresenceState } from '../protocol/messages.ts';
import { createDisturbance } from './disturbance.ts';
import { closeFrameOf, type EndReason } from './endings.ts';
import { createInbound } from './inbound.ts';
import { createOutbound, type Outbound } from './outbound.ts';

/** One device of a user, connected. */
export interface Connection {
  readonly id: string;
  readonly caller: Caller;
  /** From 0 to 1, for its life: a fault that has a share means those below it. */
  readonly lot: number;
  /** When the token is over, in milliseconds since 1970. */
  readonly closesAtMs: number;
  /** By order. */
  readonly subscriptions: Map<string, Subscription>;
  /** The users whose presence the client wants to know, with what it was told last. */
  readonly watched: Map<string, PresenceState['status'] | undefined>;
  readonly outbound: Pick<Outbound, 'waiting' | 'oldestAt' | 'stalledSince' | 'flushed'>;
  readonly isOpen: boolean;
  /** Of the last sign of life, on the monotonic clock. */
  readonly heardAt: number;
  send(message: EncodedMessage): void;
  ping(): void;
  /** Closes it with the code of the reason; where the peer does not answer, it is cut. */
  end(reason: EndReason): void;
  /** Cuts it without a word. */
  terminate(): void;
  /** Resolves when everything the client sent has been handled. */
  settled(): Promise<void>;
}

/** What every connection shares. */
export interface ConnectionDependencies {
  readonly telemetry: Telemetry;
  readonly channel: Channel;
  readonly faults: RealtimeFaults;
  readonly settings: Settings;
  readonly dispatch: (connection: Connection, message: ReceivedMessage) => Promise<void> | void;
  readonly onClose: (connection: Connection, code: number) => void;
}

/** Who is at the other end. */
export interface Admission {
  readonly caller: Caller;
  readonly closesAtMs: number;
}

/** Makes a connection of an open socket, in the context of its upgrade, which its lines carry. */
export function createConnection(
  socket: WebSocket,
  { caller, closesAtMs }: Admission,
  dependencies: ConnectionDependencies,
): Connection {
  const { telemetry, channel, faults, settings, dispatch, onClose } = dependencies;
  const upgrade = context.active();
  let heardAt = performance.now();
  let isEnding = false;

  const lot = Math.random();
  const outbound = createOutbound({
    telemetry,
    channel,
    socket,
    queueLimit: settings.outboundQueueLimit,
    disturbance: createDisturbance(faults, lot),
    onOverflow: () => end('queue_full'),
  });
  const inbound = createInbound({
    telemetry,
    messagesPerSecond: settings.messagesPerSecond,
    dispatch: (message) => dispatch(connection, message),
    answer: (error) => outbound.send(channel.encode('error', error)),
    onTooManyRefusals: () => end('too_many_refusals'),
  });

  function end(reason: EndReason): void {
    if (isEnding || socket.readyState !== socket.OPEN) return;
    isEnding = true;
    context.with(upgrade, () => report(telemetry, connection, socket, reason));
    const frame = closeFrameOf(reason);
    outbound.close();
    if (frame === undefined) socket.terminate();
    else socket.close(frame.code, frame.text);
  }

  const connection: Connection = {
    id: randomUUID(),
    caller,
    lot,
    closesAtMs,
    subscriptions: new Map(),
    watched: new Map(),
    outbound,
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get heardAt() {
      return heardAt;
    },
    send: outbound.send,
    ping: () => socket.ping(),
    end,
    terminate: () => socket.terminate(),
    settled: inbound.settled,
  };

  const hear = () => {
    heardAt = performance.now();
  };
  socket.on('ping', hear);
  socket.on('pong', hear);
  socket.on('message', (_data, isBinary) => {
    hear();
    if (isBinary) end('binary_frame');
  });
  channel.receive(socket, inbound.handle, inbound.refuse);
  socket.on('close', (code) => {
    context.with(upgrade, () => onClose(connection, code));
    outbound.close();
  });
  return connection;
}

// These end as they should, and say no more than the line of the end.
const ordinaryReasons = new Set<EndReason>(['draining', 'token_over', 'session_over']);

/** The others tell of trouble. */
function report(
  { logger, declareMetrics }: Telemetry,
  { id, outbound }: Connection,
  socket: WebSocket,
  reason: EndReason,
): void {
  declareMetrics(realtimeMetrics).counter('galley_connections_ended_total').increment({ reason });
  if (ordinaryReasons.has(reason)) return;
  const fields = {
    connection_id: id,
    reason,
    waiting: outbound.waiting,
    buffered_bytes: socket.bufferedAmount,
  };
  logger.warn({ event: 'ws_connection_ended', ...fields }, 'connection ended');
}
