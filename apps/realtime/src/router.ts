import { validate } from '@watchkeeper/galley';
import { HttpError, type ReceivedMessage } from '@watchkeeper/telemetry';
import type { Connection } from './connections/connection.ts';
import {
  type ClientMessages,
  type ClientMessageType,
  clientMessages,
} from './protocol/messages.ts';
import type { Services } from './services.ts';

type Handler<T extends ClientMessageType> = (
  connection: Connection,
  data: ClientMessages[T],
) => Promise<void> | void;

type Handlers = { readonly [T in ClientMessageType]: Handler<T> };

/** Creates the function that validates a client's message and calls its handler. */
export function createRouter(services: Services) {
  const { channel, tracking, typing, chat, presence } = services;
  const handlers: Handlers = {
    'order.subscribe': (connection, { orderId }) => tracking.subscribe(connection, orderId),
    'order.unsubscribe': (connection, { orderId }) => tracking.unsubscribe(connection, orderId),
    'chat.send': chat.send,
    'chat.delivered': (connection, { messageIds }) =>
      chat.acknowledge(connection, messageIds, 'delivered'),
    'chat.read': (connection, { messageIds }) => chat.acknowledge(connection, messageIds, 'read'),
    typing: typing.forward,
    'presence.query': (connection, { userIds }) => presence.query(connection, userIds),
    heartbeat: (connection) =>
      connection.send(channel.encode('pong', { at: new Date().toISOString() })),
  };

  return (connection: Connection, { type, data }: ReceivedMessage): Promise<void> | void => {
    if (!Object.hasOwn(clientMessages, type)) {
      const message = `Expected a client message type, got \`${type}\`.`;
      throw new HttpError(400, message, { code: 'unknown_message' });
    }
    return route(handlers, type as ClientMessageType, connection, data);
  };
}

function route<T extends ClientMessageType>(
  handlers: Handlers,
  type: T,
  connection: Connection,
  data: unknown,
): Promise<void> | void {
  const checked = validate(clientMessages[type], data, 'data') as ClientMessages[T];
  return handlers[type](connection, checked);
}
