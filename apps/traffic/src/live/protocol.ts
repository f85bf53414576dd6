import { z } from 'zod';

/** The client's messages by type; the reference is realtime's own protocol. */
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

/** The server's messages by type, with the fields that are read here. */
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

export type ServerMessageType = keyof typeof serverMessages;

export type ServerMessage<T extends ServerMessageType> = z.output<(typeof serverMessages)[T]>;

export const messageTypes: readonly string[] = [
  ...Object.keys(serverMessages),
  ...['order.subscribe', 'order.unsubscribe', 'chat.send', 'chat.delivered', 'chat.read'],
  ...['presence.query', 'heartbeat'],
];
