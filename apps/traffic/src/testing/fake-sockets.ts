import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FakeOrder } from './fake-commerce.ts';

interface Client {
  readonly socket: WebSocket;
  readonly userId: string;
  readonly orders: Set<string>;
}

/** A message that a client has sent. */
export interface SeenMessage {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests know the data of each type.
  readonly data: any;
}

/** Realtime, as far as people use it. */
export function createFakeSockets(
  server: Server,
  parts: {
    readonly userOf: (request: IncomingMessage) => string | undefined;
    readonly findOrder: (id: string) => FakeOrder | undefined;
  },
) {
  const clients = new Set<Client>();
  const seen: SeenMessage[] = [];
  const authors = new Map<string, { senderId: string; clientMessageId: string }>();
  const hub = new WebSocketServer({ server, path: '/ws' });

  function send(to: (client: Client) => boolean, type: string, data: object): void {
    for (const client of clients) {
      if (to(client)) client.socket.send(JSON.stringify({ type, data }));
    }
  }

  const receipt = (messageId: string, status: string) => {
    const { senderId, clientMessageId } = authors.get(messageId) ?? {};
    const data = { messageId, clientMessageId, status };
    send(({ userId }) => userId === senderId, 'chat.receipt', data);
  };

  function chat({ userId }: Client, data: SeenMessage['data']): void {
    const order = parts.findOrder(data.orderId);
    const other = order?.customerId === userId ? order?.courierId : order?.customerId;
    const messageId = randomUUID();
    authors.set(messageId, { senderId: userId, clientMessageId: data.clientMessageId });
    receipt(messageId, 'sent');
    const message = { messageId, orderId: data.orderId, senderId: userId, text: data.text };
    send((client) => client.userId === other, 'chat.message', message);
  }

  function subscribe(client: Client, orderId: string): void {
    const order = parts.findOrder(orderId);
    const isMe = (each: Client) => each === client;
    if (order === undefined) {
      send(isMe, 'error', { code: 'order_not_found', requestType: 'order.subscribe' });
      return;
    }
    client.orders.add(orderId);
    send(isMe, 'order.status', { ...order, orderId });
  }

  function take(client: Client, { type, data }: SeenMessage): void {
    seen.push({ type, data });
    if (type === 'order.subscribe') subscribe(client, data.orderId);
    if (type === 'order.unsubscribe') client.orders.delete(data.orderId);
    if (type === 'chat.send') chat(client, data);
    if (type === 'chat.read') for (const id of data.messageIds) receipt(id, 'read');
    if (type !== 'presence.query') return;
    for (const userId of data.userIds) {
      send((each) => each === client, 'presence', { userId, status: 'online' });
    }
  }

  hub.on('connection', (socket, request) => {
    const userId = parts.userOf(request);
    if (userId === undefined) return socket.close(4401, '{}');
    const client = { socket, userId, orders: new Set<string>() };
    clients.add(client);
    socket.on('close', () => clients.delete(client));
    socket.on('message', (text) => take(client, JSON.parse(String(text))));
    socket.send(JSON.stringify({ type: 'welcome', data: { userId } }));
  });

  return {
    seen,
    /** How many are connected. */
    count: () => clients.size,
    announce(order: FakeOrder) {
      send(({ orders }) => orders.has(order.id), 'order.status', { ...order, orderId: order.id });
    },
    closeAll: (code: number, reason: string) => {
      for (const { socket } of clients) socket.close(code, reason);
    },
    stop: () => {
      for (const { socket } of clients) socket.terminate();
      hub.close();
    },
  };
}
