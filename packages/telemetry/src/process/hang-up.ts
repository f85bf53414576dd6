import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Makes what ends the connections that nobody uses: those that are idle now or will be when their
 * answer is sent, which Node would keep for the next request; and those on which nothing has been
 * asked yet, such as browsers open ahead, which to Node are not idle. Upgraded connections belong to
 * whoever took them. To be called before the server listens.
 */
export function createHangUp(server: Server): () => void {
  const unused = new Set<Socket>();
  let isStopping = false;
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  const use: RequestListener = ({ socket }, response) => {
    unused.delete(socket);
    response.once('close', () => {
      if (isStopping) server.closeIdleConnections();
    });
  };
  server.on('request', use);
  // With a listener of its own Node leaves these to it, so none is added where there is none.
  if (server.listenerCount('checkExpectation') > 0) server.on('checkExpectation', use);
  if (server.listenerCount('upgrade') > 0) {
    server.on('upgrade', ({ socket }) => unused.delete(socket));
  }
  return () => {
    isStopping = true;
    server.closeIdleConnections();
    for (const socket of unused) socket.destroy();
  };
}
