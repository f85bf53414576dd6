import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a collector that takes everything and keeps nothing; `delayMs` makes it a slow one. */
export async function startCollectorSink(delayMs = 0) {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => setTimeout(() => response.end(), delayMs));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
