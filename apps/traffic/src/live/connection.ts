import { once } from 'node:events';
import type { MessageChannel } from '@watchkeeper/telemetry';
import { WebSocket } from 'ws';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { type ClientMessages, type ServerMessageType, serverMessages } from './protocol.ts';

/** A person's open WebSocket. */
export type Connection = Awaited<ReturnType<typeof openConnection>>;

interface ConnectionParts {
  /** The address of the gateway's `/ws`. */
  readonly url: string;
  readonly accessToken: string;
  readonly userId: string;
  readonly channel: MessageChannel<Readonly<Record<string, unknown>>>;
  readonly timeoutMs: number;
  /** Called once at the end, with the server's reconnect delay if it sent one. */
  readonly onClose: (reconnectAfterMs: number | undefined) => void;
  readonly now: () => number;
}

// Below the shortest idle timeout of a proxy.
const heartbeatMs = 25_000;
// A person reads the message.
const readAfterMs = 800;

/** Rejects if the connection is refused, or without a welcome. */
export async function openConnection(parts: ConnectionParts) {
  const { url, accessToken, channel, timeoutMs, onClose } = parts;
  const mailbox = createMailbox(parts.now);
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${accessToken}` },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload: 65_536,
  });
  // Errors reject `once` while it opens; later there is the close code.
  socket.on('error', () => {});
  const send = <T extends keyof ClientMessages>(type: T, data: ClientMessages[T]): void => {
    channel.send(socket, channel.encode(type, data));
  };
  listen(parts, { socket, mailbox, send });
  const welcome = mailbox.expect('welcome', () => true, timeoutMs);
  // A connection refused after the handshake gets no welcome.
  socket.once('close', () => mailbox.close());
  try {
    await once(socket, 'open');
    await welcome;
  } catch (error) {
    socket.terminate();
    throw error;
  }
  const beat = setInterval(() => send('heartbeat', {}), heartbeatMs);
  socket.once('close', (code, reason) => {
    clearInterval(beat);
    onClose(code === 1000 ? undefined : reconnectAfterMs(reason));
  });
  return {
    /** Visits that use it now; its owner stays online until there are none. */
    visits: 0,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    expect: mailbox.expect,
    send,
    /** With a close frame. */
    close: () => socket.close(1000),
    /** Without a close frame, like a phone in a tunnel. */
    drop: () => socket.terminate(),
  };
}

interface Listening {
  readonly socket: WebSocket;
  readonly mailbox: Mailbox;
  readonly send: <T extends keyof ClientMessages>(type: T, data: ClientMessages[T]) => void;
}

/** Delivers messages to the mailbox and acknowledges those of the chat. */
function listen({ channel, userId }: ConnectionParts, { socket, mailbox, send }: Listening): void {
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
    send('chat.delivered', { messageIds });
    setTimeout(() => send('chat.read', { messageIds }), readAfterMs).unref();
  }
}

/** The delay in the reason of realtime's close frame, if any. */
function reconnectAfterMs(reason: Buffer): number | undefined {
  try {
    const { reconnectAfterMs: afterMs } = JSON.parse(String(reason));
    return typeof afterMs === 'number' ? afterMs : undefined;
  } catch {
    return undefined;
  }
}
