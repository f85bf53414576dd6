import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

// Short beside any deadline; a listener for each answer would cost every request instead.
const checkMs = 25;

/**
 * Makes what ends the connections that nobody uses: those that are idle now or will be when their
 * answer is sent, which Node would keep for the next request; and those on which nothing has been
 * asked yet, such as browsers open ahead, which to Node are not idle. Upgraded connections belong to
 * whoever took them. To be called before the server listens.
 */
export function createIdleConnectionCloser(server: Server): () => void {
  const unused = new Set<Socket>();
  const use = ({ socket }: IncomingMessage) => void unused.delete(socket);
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', use);
  // With a listener of its own Node leaves these to it, so none is added where there is none.
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
