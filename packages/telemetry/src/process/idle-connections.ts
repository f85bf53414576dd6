import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

// Short beside any deadline; a listener for each answer would cost every request instead.
const checkMs = 25;

/**
 * Returns a function that closes unused connections: those that are idle now or once their answer is
 * sent, which Node would keep alive; and those without a request so far, such as the ones browsers
 * open ahead, which Node does not count as idle. Upgraded connections are left alone. Call it before
 * the server listens.
 */
export function createIdleConnectionCloser(server: Server): () => void {
  const unused = new Set<Socket>();
  const use = ({ socket }: IncomingMessage) => void unused.delete(socket);
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', use);
  // A listener would replace Node's default behaviour, so it is only added to existing ones.
  for (const event of ['checkExpectation', 'upgrade'] as const) {
    if (server.listenerCount(event) > 0) server.on(event, use);
  }
  return () => {
    const timer = setInterval(() => server.closeIdleConnections(), checkMs).unref();
    server.once('close', () => clearInterval(timer));
    server.closeIdleConnections();
    for (const socket of unused) socket.destroy();
  };
}
