import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import { type Caller, createTokenBucket } from '@watchkeeper/galley';
import type { EncodedMessage, ReceivedMessage, Telemetry } from '@watchkeeper/telemetry';
import type { WebSocket } from 'ws';
import { realtimeMetrics } from '../catalogue.ts';
import type { Settings } from '../config.ts';
import type { RealtimeFaults } from '../faults.ts';
import type { Channel, PresenceState } from '../protocol/messages.ts';
import { closeFrameFor, type EndReason } from './endings.ts';
import { createInbound } from './inbound.ts';
import { createOutbound, type Outbound } from './outbound.ts';

/** One client's subscription to one order. */
export interface Subscription {
  readonly orderId: string;
  customerId: string;
  courierId: string | undefined;
  /** Of the status sent last; 0 before the first. */
  version: number;
  /** The client's typing as last forwarded; `sentAt` is on the monotonic clock. */
  typing: { isTyping: boolean; sentAt: number };
}

/** One connected device of a user. */
export interface Connection {
  readonly id: string;
  readonly caller: Caller;
  /** From 0 to 1, constant: a fault applies if its share is above it. */
  readonly faultThreshold: number;
  /** When the token expires, in milliseconds since 1970. */
  readonly closesAtMs: number;
  /** By order id. */
  readonly subscriptions: Map<string, Subscription>;
  /** Users whose presence the client queried, with the status it was sent last. */
  readonly watched: Map<string, PresenceState['status'] | undefined>;
  readonly outbound: Pick<Outbound, 'waiting' | 'oldestAt' | 'stalledSince' | 'flushed'>;
  readonly isOpen: boolean;
  /** On the monotonic clock. */
  readonly openedAt: number;
  /** When the last frame came, on the monotonic clock. */
  readonly lastFrameAt: number;
  send(message: EncodedMessage): void;
  ping(): void;
  /** Closes it with the code of the reason, or terminates it if the reason has none. */
  end(reason: EndReason): void;
  /** Terminates it without a close frame. */
  terminate(): void;
  /** Resolves when every received message has been handled. */
  settled(): Promise<void>;
}

interface ConnectionDependencies {
  readonly telemetry: Telemetry;
  readonly channel: Channel;
  readonly faults: RealtimeFaults;
  readonly settings: Settings;
  readonly dispatch: (connection: Connection, message: ReceivedMessage) => Promise<void> | void;
  readonly onClose: (connection: Connection, code: number) => void;
}

/** The identity behind an accepted upgrade. */
export type Admission = Pick<Connection, 'caller' | 'closesAtMs'>;

/** Wraps an open socket, in the context of its upgrade, whose ids its log lines carry. */
export function createConnection(
  socket: WebSocket,
  { caller, closesAtMs }: Admission,
  dependencies: ConnectionDependencies,
): Connection {
  const { telemetry, channel, settings, faults, onClose } = dependencies;
  const upgrade = context.active();
  let isEnding = false;

  const faultThreshold = Math.random();
  const outbound = createOutbound({
    ...{ telemetry, channel, socket, faults, faultThreshold },
    queueLimit: settings.outboundQueueLimit,
    onOverflow: () => end('queue_full'),
  });
  const inbound = createInbound({
    telemetry,
    messagesPerSecond: settings.messagesPerSecond,
    dispatch: (message) => dependencies.dispatch(connection, message),
    sendError: (error) => outbound.send(channel.encode('error', error)),
    onTooManyRefusals: () => end('too_many_refusals'),
  });

  function end(reason: EndReason): void {
    if (isEnding || socket.readyState !== socket.OPEN) return;
    isEnding = true;
    context.with(upgrade, () => reportEnd(telemetry, connection, socket, reason));
    const frame = closeFrameFor(reason);
    outbound.close();
    if (frame === undefined) socket.terminate();
    else socket.close(frame.code, frame.text);
  }

  const connection: Connection = {
    id: randomUUID(),
    ...{ caller, faultThreshold, closesAtMs, outbound },
    openedAt: performance.now(),
    subscriptions: new Map(),
    watched: new Map(),
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get lastFrameAt() {
      return frames.lastAt;
    },
    send: outbound.send,
    ping: () => frames.ping(),
    end,
    terminate: () => socket.terminate(),
    settled: inbound.settled,
  };

  const frames = watchFrames(socket, end);
  channel.receive(socket, inbound.handle, inbound.refuse);
  socket.on('close', (code) => {
    context.with(upgrade, () => onClose(connection, code));
    outbound.close();
  });
  return connection;
}

// A client pings every few seconds at most; each costs a frame to it, also if it reads none.
const toleratedPings = { refillPerSecond: 1, capacity: 20 };

function watchFrames(
  socket: WebSocket,
  end: (reason: 'binary_frame' | 'too_many_pings') => void,
): { readonly lastAt: number; ping(): void } {
  let lastAt = performance.now();
  let askedPongs = 0;
  const takePing = createTokenBucket(toleratedPings);
  const noteFrame = () => {
    lastAt = performance.now();
  };
  const notePing = () => {
    noteFrame();
    if (takePing() > 0) end('too_many_pings');
  };
  socket.on('ping', notePing).on('pong', () => {
    // A pong that nobody has asked for is a ping by another name.
    if (askedPongs === 0) return notePing();
    askedPongs -= 1;
    noteFrame();
  });
  socket.on('message', (_data, isBinary) => {
    noteFrame();
    if (isBinary) end('binary_frame');
  });
  return {
    get lastAt() {
      return lastAt;
    },
    ping() {
      askedPongs += 1;
      socket.ping();
    },
  };
}

// Expected endings; `ws_client_disconnected` is enough for them.
const ordinaryReasons = new Set<EndReason>(['draining', 'token_over', 'session_over']);

function reportEnd(
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
    waiting: outbound.waiting(),
    buffered_bytes: socket.bufferedAmount,
  };
  logger.warn({ event: 'ws_connection_ended', ...fields }, 'connection ended');
}
