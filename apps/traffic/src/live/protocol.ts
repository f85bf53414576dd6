import { z } from 'zod';

/** What a client sends, by type; realtime's own protocol is the reference. */
export interface ClientMessages {
  readonly 'order.subscribe': { readonly orderId: string };
  readonly 'order.unsubscribe': { readonly orderId: string };
  readonly 'chat.send': {
    readonly orderId: string;
    readonly clientMessageId: string;
    readonly text: string;
  };
  readonly 'chat.delivered': { readonly messageIds: readonly string[] };
  readonly 'chat.read': { readonly messageIds: readonly string[] };
  readonly typing: { readonly orderId: string; readonly isTyping: boolean };
  readonly 'presence.query': { readonly userIds: readonly string[] };
  readonly heartbeat: Readonly<Record<string, never>>;
}

/** What comes from the server, by type, as far as a person looks at it. */
export const serverMessages = {
  welcome: z.object({ userId: z.string() }),
  'order.status': z.object({ orderId: z.string(), status: z.string(), version: z.number() }),
  'chat.message': z.object({
    messageId: z.string(),
    orderId: z.string(),
    senderId: z.string(),
    text: z.string(),
  }),
  'chat.receipt': z.object({
    messageId: z.string(),
    clientMessageId: z.string(),
    status: z.enum(['sent', 'delivered', 'read']),
  }),
  typing: z.object({ orderId: z.string(), userId: z.string(), isTyping: z.boolean() }),
  presence: z.object({ userId: z.string(), status: z.enum(['online', 'offline']) }),
  error: z.object({ code: z.string(), requestType: z.string().nullable() }),
  pong: z.object({ at: z.string() }),
} as const;

/** The type of a message from the server. */
export type ServerMessageType = keyof typeof serverMessages;

/** What such a message carries. */
export type ServerMessage<T extends ServerMessageType> = z.output<(typeof serverMessages)[T]>;

/** All types that a channel of this protocol knows. */
export const messageTypes: readonly string[] = [
  ...Object.keys(serverMessages),
  ...['order.subscribe', 'order.unsubscribe', 'chat.send', 'chat.delivered', 'chat.read'],
  ...['presence.query', 'heartbeat'],
];
