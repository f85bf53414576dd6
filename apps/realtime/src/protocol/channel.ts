import {
  createMessageChannel,
  type EncodedMessage,
  type MessageChannel,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { messageTypes, type ServerMessages, type ServerMessageType } from './messages.ts';

type Protocol = Record<string, unknown>;

export interface Channel extends Pick<MessageChannel<Protocol>, 'send' | 'receive'> {
  /** Encodes a server message, once for any number of receivers. */
  encode<T extends ServerMessageType>(type: T, data: ServerMessages[T]): EncodedMessage;
}

/** Creates the channel of Galley's protocol; an instance needs only one. */
export function createChannel(telemetry: Telemetry): Channel {
  return createMessageChannel<Protocol>(telemetry, { types: messageTypes });
}
