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
  const answer: RequestListener = (request, response) => {
    // After an upgrade that it ignored, Node reads nothing more from the connection.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    app(request, response);
  };
  const server = createServer(
    {
      ...limits,
      // All other wishes to speak something else are ignored, as RFC 9110 allows.
      shouldUpgradeCallback: ({ method = '', url = '', headers }) =>
        headers.upgrade?.toLowerCase() === 'websocket' &&
        table.find(method, readTarget(url)?.path ?? '')?.websocket === true,
    },
    answer,
  );
  server.on('upgrade', upgradeListener(app));
  // Unless told so Node answers 417 to odd expectations by itself, past ids, limits and metrics; RFC
  // 9110 lets a server ignore them.
  server.on('checkExpectation', answer);
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
  const hangUp = createHangUp(server);
  await listen(server, port, bindAddress);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  telemetry.shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    hangUp();
  });
  telemetry.shutdown.on('drain', 'open requests', () => closed);
  const bound = server.address() as AddressInfo;
  const address = `${bound.address}:${bound.port}`;
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
  return address;
}

/**
 * Makes what ends the connections that nobody uses: those that are idle now or will be when their
 * answer is sent, which Node would keep for the next request; and those on which nothing has been
 * asked yet, such as browsers open ahead, which to Node are not idle.
 */
function createHangUp(server: Server): () => void {
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
  server.on('checkExpectation', use);
  server.on('upgrade', ({ socket }) => unused.delete(socket));
  return () => {
    isStopping = true;
    server.closeIdleConnections();
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
