import { z } from 'zod';

const orderId = z.uuid();
const messageIds = z.array(z.uuid()).min(1).max(100);
// PostgreSQL's text can't hold the character zero.
const text = z
  .string()
  .min(1)
  .max(2_000)
  .refine((value) => !value.includes('\0'), 'Invalid input: expected no character zero');

/** What a client may send, by type. */
export const clientMessages = {
  'order.subscribe': z.object({ orderId }),
  'order.unsubscribe': z.object({ orderId }),
  'chat.send': z.object({
    orderId,
    // The client's own name for the message, so that it can send it again without doubling it.
    clientMessageId: z.string().regex(/^[\w.:-]{1,64}$/),
    text,
  }),
  'chat.delivered': z.object({ messageIds }),
  'chat.read': z.object({ messageIds }),
  typing: z.object({ orderId, isTyping: z.boolean() }),
  'presence.query': z.object({ userIds: z.array(z.uuid()).min(1).max(50) }),
  heartbeat: z.unknown(),
} as const;

/** The type of a message that a client may send. */
export type ClientMessageType = keyof typeof clientMessages;

/** What each of a client's messages carries once it has been validated. */
export type ClientMessages = {
  readonly [T in ClientMessageType]: z.output<(typeof clientMessages)[T]>;
};

/** How far a chat message has come. */
export type ReceiptStatus = 'sent' | 'delivered' | 'read';

/** A chat message as its parties get it. */
export interface ChatMessage {
  readonly messageId: string;
  readonly orderId: string;
  readonly senderId: string;
  readonly text: string;
  /** ISO 8601. */
  readonly sentAt: string;
}

/** What a server sends, by type. */
export interface ServerMessages {
  readonly welcome: {
    readonly connectionId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly heartbeatIntervalMs: number;
    readonly maxPayloadBytes: number;
    /** ISO 8601: the token is over then, and the connection is closed with 4401. */
    readonly closesAt: string;
  };
  readonly 'order.status': {
    readonly orderId: string;
    readonly status: string;
    /** Rises with each change; a message with a lower one than the last never comes. */
    readonly version: number;
    readonly courierId?: string;
  };
  readonly 'chat.message': ChatMessage;
  readonly 'chat.receipt': {
    readonly messageId: string;
    readonly clientMessageId: string;
    readonly status: ReceiptStatus;
  };
  readonly typing: {
    readonly orderId: string;
    readonly userId: string;
    readonly isTyping: boolean;
  };
  readonly presence: PresenceState;
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** Null where what came in was no message of the protocol. */
    readonly requestType: string | null;
  };
  readonly pong: { readonly at: string };
}

/** Whether a user is there. */
export interface PresenceState {
  readonly userId: string;
  readonly status: 'online' | 'offline';
  /** ISO 8601, of a user who is offline and was there once. */
  readonly lastSeenAt?: string;
}

/** The type of a message that a server sends. */
export type ServerMessageType = keyof ServerMessages;

const serverMessageTypes = [
  ...['welcome', 'order.status', 'chat.message', 'chat.receipt', 'typing', 'presence'],
  ...['error', 'pong'],
] as const satisfies readonly ServerMessageType[];

/** Every type of the protocol, in both directions. */
export const messageTypes: readonly (ClientMessageType | ServerMessageType)[] = [
  ...new Set([...(Object.keys(clientMessages) as ClientMessageType[]), ...serverMessageTypes]),
];

/**
 * What may be dropped where a client is too slow: the next one replaces it, or it is stale already.
 * All else is kept, and a client that can't take it is cut off.
 */
export const ephemeralTypes: ReadonlySet<string> = new Set<ServerMessageType>([
  'typing',
  'presence',
  'pong',
]);
