import {
  createMessageChannel,
  type EncodedMessage,
  type MessageChannel,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { z } from 'zod';

const orderId = z.uuid();
const messageIds = z.array(z.uuid()).min(1).max(100);
// PostgreSQL's text can't hold the character zero.
const text = z
  .string()
  .min(1)
  .max(2_000)
  .refine((value) => !value.includes('\0'), 'Invalid input: expected no character zero');

/** Schemas of client messages, by type. */
export const clientMessages = {
  'order.subscribe': z.object({ orderId }),
  'order.unsubscribe': z.object({ orderId }),
  'chat.send': z.object({
    orderId,
    // The client's idempotency key, so that it can send a message again.
    clientMessageId: z.string().regex(/^[\w.:-]{1,64}$/),
    text,
  }),
  'chat.delivered': z.object({ messageIds }),
  'chat.read': z.object({ messageIds }),
  typing: z.object({ orderId, isTyping: z.boolean() }),
  'presence.query': z.object({ userIds: z.array(z.uuid()).min(1).max(50) }),
  heartbeat: z.unknown(),
} as const;

export type ClientMessageType = keyof typeof clientMessages;

/** Validated data of client messages, by type. */
export type ClientMessages = {
  readonly [T in ClientMessageType]: z.output<(typeof clientMessages)[T]>;
};

export type ReceiptStatus = 'sent' | 'delivered' | 'read';

export interface ChatMessage {
  readonly messageId: string;
  readonly orderId: string;
  readonly senderId: string;
  readonly text: string;
  /** ISO 8601. */
  readonly sentAt: string;
}

/** Data of server messages, by type. */
export interface ServerMessages {
  readonly welcome: {
    readonly connectionId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly heartbeatIntervalMs: number;
    readonly maxPayloadBytes: number;
    /** ISO 8601: the token expires then, and the connection closes with 4401. */
    readonly closesAt: string;
  };
  readonly 'order.status': {
    readonly orderId: string;
    readonly status: string;
    /** Rises with each change, and never falls from one message to the next. */
    readonly version: number;
    readonly courierId?: string;
  };
  readonly 'chat.message': ChatMessage;
  readonly 'chat.receipt': {
    readonly messageId: string;
    readonly clientMessageId: string;
    readonly status: ReceiptStatus;
  };
  readonly typing: ClientMessages['typing'] & { readonly userId: string };
  readonly presence: PresenceState;
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** Null if the frame was no message of the protocol. */
    readonly requestType: string | null;
  };
  readonly pong: { readonly at: string };
}

export interface PresenceState {
  readonly userId: string;
  readonly status: 'online' | 'offline';
  /** ISO 8601; only for a user who is offline and was online before. */
  readonly lastSeenAt?: string;
}

export type ServerMessageType = keyof ServerMessages;

const serverMessageTypes = [
  ...['welcome', 'order.status', 'chat.message', 'chat.receipt', 'typing', 'presence'],
  ...['error', 'pong'],
] as const satisfies readonly ServerMessageType[];

/** Every message type, in both directions. */
export const messageTypes: readonly (ClientMessageType | ServerMessageType)[] = [
  ...new Set([...(Object.keys(clientMessages) as ClientMessageType[]), ...serverMessageTypes]),
];

/**
 * Messages that may be dropped for a slow client, because the next one replaces them or they are
 * stale already. All others are kept, and a client that can't take them is disconnected.
 */
export const ephemeralTypes: ReadonlySet<string> = new Set<ServerMessageType>([
  'typing',
  'presence',
  'pong',
]);

type Protocol = Record<string, unknown>;

export interface Channel extends Pick<MessageChannel<Protocol>, 'send' | 'receive'> {
  /** Encodes a server message, once for any number of receivers. */
  encode<T extends ServerMessageType>(type: T, data: ServerMessages[T]): EncodedMessage;
}

/** Creates the channel of Galley's protocol; an instance needs only one. */
export function createChannel(telemetry: Telemetry): Channel {
  return createMessageChannel<Protocol>(telemetry, {
    types: messageTypes,
    // The gateway relays what clients send, byte for byte.
    areSendersTrusted: false,
  });
}
