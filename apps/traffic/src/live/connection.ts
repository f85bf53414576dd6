import { once } from 'node:events';
import type { MessageChannel } from '@watchkeeper/telemetry';
import { WebSocket } from 'ws';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { type ClientMessages, type ServerMessageType, serverMessages } from './protocol.ts';

/** The protocol's channel, which counts messages and carries their traces. */
export type Channel = MessageChannel<Readonly<Record<string, unknown>>>;

/** The open WebSocket of one person. */
export interface Connection extends Pick<Mailbox, 'expect'> {
  readonly isOpen: boolean;
  /** Visits that need it now; as long as there are any its owner does not leave. */
  visits: number;
  send<T extends keyof ClientMessages>(type: T, data: ClientMessages[T]): void;
  /** Leaves as a person does who closes the page. */
  close(): void;
  /** Is gone without a word, as a phone in a tunnel. */
  drop(): void;
}

/** What a connection is opened with. */
export interface ConnectionParts {
  /** Of the gateway's `/ws`. */
  readonly url: string;
  readonly accessToken: string;
  readonly userId: string;
  readonly channel: Channel;
  readonly timeoutMs: number;
  /** Told once when it is over, with what the server says of coming back. */
  readonly onClose: (reconnectAfterMs: number | undefined) => void;
  readonly now: () => number;
}

// More often than the shortest time-out of a proxy on the way.
const heartbeatMs = 25_000;
// A person looks at the screen.
const readAfterMs = 800;

/** Opens a connection; rejects where it is refused, or no welcome comes. */
export async function openConnection(parts: ConnectionParts): Promise<Connection> {
  const { url, accessToken, channel, timeoutMs, onClose } = parts;
  const mailbox = createMailbox(parts.now);
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${accessToken}` },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload: 65_536,
  });
  // What is wrong is told by `once` while it opens, and by the close code afterwards.
  socket.on('error', () => {});
  listen(parts, socket, mailbox);
  const welcome = mailbox.expect('welcome', () => true, timeoutMs);
  // Whoever is refused after the handshake gets no welcome: no need to wait for it.
  socket.once('close', () => mailbox.close());
  try {
    await once(socket, 'open');
    await welcome;
  } catch (error) {
    socket.terminate();
    throw error;
  }
  const beat = setInterval(() => send(channel, socket, 'heartbeat', {}), heartbeatMs);
  socket.once('close', (code, reason) => {
    clearInterval(beat);
    onClose(code === 1000 ? undefined : reconnectAfterMs(reason));
  });
  return {
    visits: 0,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    expect: mailbox.expect,
    send: (type, data) => send(channel, socket, type, data),
    close: () => socket.close(1000),
    drop: () => socket.terminate(),
  };
}

function send<T extends keyof ClientMessages>(
  channel: Channel,
  socket: WebSocket,
  type: T,
  data: ClientMessages[T],
): void {
  channel.send(socket, channel.encode(type, data));
}

/** Takes messages, and acknowledges those of the chat. */
function listen({ channel, userId }: ConnectionParts, socket: WebSocket, mailbox: Mailbox): void {
  channel.receive(socket, ({ type, data }) => {
    if (!Object.hasOwn(serverMessages, type)) return;
    const known = type as ServerMessageType;
    const message = serverMessages[known].parse(data);
    if (known === 'chat.message') acknowledge(message as { messageId: string; senderId: string });
    mailbox.deliver(known, message);
  });

  function acknowledge({ messageId, senderId }: { messageId: string; senderId: string }): void {
    if (senderId === userId) return;
    const messageIds = [messageId];
    send(channel, socket, 'chat.delivered', { messageIds });
    setTimeout(() => send(channel, socket, 'chat.read', { messageIds }), readAfterMs).unref();
  }
}

/** What a close frame of realtime's says; absent where there is nothing to it. */
function reconnectAfterMs(reason: Buffer): number | undefined {
  try {
    const { reconnectAfterMs: afterMs } = JSON.parse(String(reason));
    return typeof afterMs === 'number' ? afterMs : undefined;
  } catch {
    return undefined;
  }
}
