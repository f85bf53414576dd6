import {
  createMessageChannel,
  type EncodedMessage,
  type MessageChannel,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { messageTypes, type ServerMessages, type ServerMessageType } from './messages.ts';

type Protocol = Record<string, unknown>;

/** Galley's protocol over WebSockets. */
export interface Channel extends Pick<MessageChannel<Protocol>, 'send' | 'receive'> {
  /** Makes a message of the server's, once for however many receivers. */
  encode<T extends ServerMessageType>(type: T, data: ServerMessages[T]): EncodedMessage;
}

/** Makes the channel; every instance of the app needs only one. */
export function createChannel(telemetry: Telemetry): Channel {
  return createMessageChannel<Protocol>(telemetry, { types: messageTypes });
}
