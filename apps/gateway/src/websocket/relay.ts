import WebSocket from 'ws';

// Beyond this, the sender is paused until its slow receiver has caught up.
const maxBufferedBytes = 262_144;

/** Forwards messages, pings and closes between two open WebSockets. */
export function joinSockets(client: WebSocket, upstream: WebSocket): void {
  forward(client, upstream);
  forward(upstream, client);
  client.on('close', (code, reason) => closeWith(upstream, code, reason));
  upstream.on('close', (code, reason) => closeWith(client, code, reason));
  upstream.resume();
}

function forward(from: WebSocket, to: WebSocket): void {
  const isOpen = () => to.readyState === WebSocket.OPEN;
  from.on('message', (data, isBinary) => {
    if (!isOpen()) return;
    to.send(data, { binary: isBinary }, () => {
      if (from.isPaused && to.bufferedAmount < maxBufferedBytes) from.resume();
    });
    if (to.bufferedAmount >= maxBufferedBytes) from.pause();
  });
  from.on('ping', (data) => isOpen() && to.ping(data));
  from.on('pong', (data) => isOpen() && to.pong(data));
}

// Source: RFC 6455, section 7.4.1. They mean that there was no code, and can't be sent.
const noCode = 1005;
const abnormal = 1006;

function closeWith(socket: WebSocket, code: number, reason: Buffer): void {
  // A paused socket would never read the reply to the close.
  socket.resume();
  if (code === noCode) socket.close();
  else if (code === abnormal) socket.terminate();
  else socket.close(code, reason);
}
