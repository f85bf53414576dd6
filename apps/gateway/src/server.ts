import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Routing } from './routing/schema.ts';
import { createRouteTable } from './routing/table.ts';
import { readTarget } from './routing/target.ts';
import { upgradeListener } from './websocket/upgrades.ts';

const limits = {
  // A caller that sends its headers or its body drop by drop holds a connection no longer than this.
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than the usual load balancer keeps a connection, so that it is never the one to be surprised.
  keepAliveTimeout: 65_000,
};

/** Makes the server of the edge: bounded in time, and with WebSockets where a route has them. */
export function createServerOf(app: RequestListener, { routes }: Routing): Server {
  const table = createRouteTable(routes);
  const server = createServer(
    {
      ...limits,
      // All other wishes to speak something else are ignored, as RFC 9110 allows.
      shouldUpgradeCallback: ({ method = '', url = '', headers }) =>
        headers.upgrade?.toLowerCase() === 'websocket' &&
        table.find(method, readTarget(url)?.path ?? '')?.websocket === true,
    },
    app,
  );
  server.on('upgrade', upgradeListener(app));
  return server;
}

/**
 * Has the server listen and ties it to the shutdown: it stops accepting, then drains.
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and its cure when the port is taken
 */
export async function serve(
  server: Server,
  telemetry: Telemetry,
  { port, bindAddress }: { port: number; bindAddress: string },
): Promise<string> {
  const closeUnused = watchUnused(server);
  await listen(server, port, bindAddress);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  telemetry.shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    server.closeIdleConnections();
    closeUnused();
  });
  telemetry.shutdown.on('drain', 'open requests', () => closed);
  const bound = server.address() as AddressInfo;
  const address = `${bound.address}:${bound.port}`;
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
  return address;
}

/**
 * Knows the connections on which nothing has been asked yet, such as those that browsers open ahead.
 * To Node they are not idle, and the drain would wait for them in vain.
 */
function watchUnused(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.on('upgrade', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}

function listen(server: Server, port: number, bindAddress: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = `Could not listen on ${bindAddress}:${port} (${error.code}).`;
      reject(new Error(`${problem} Set \`PORT\` to a free port.`, { cause: error }));
    });
    server.listen(port, bindAddress, resolve);
  });
}
