import { createServer, type RequestListener, Server } from 'node:http';
import type { Telemetry } from '../telemetry.ts';
import { createIdleConnectionCloser } from './idle-connections.ts';
import { type ListenOptions, listen } from './listen.ts';

/**
 * Serves a listener, or a server that does not listen yet, and ties it to the shutdown: it stops
 * accepting, then drains. Upgraded connections are the service's own to close, in a step of the drain.
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and its fix when the port is taken
 */
export async function serveHttp(
  telemetry: Telemetry,
  served: RequestListener | Server,
  options: ListenOptions,
): Promise<string> {
  const server = served instanceof Server ? served : createServer(served);
  const closeIdleConnections = createIdleConnectionCloser(server);
  const address = await listen(server, options, 'PORT');
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  telemetry.shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    closeIdleConnections();
  });
  telemetry.shutdown.on('drain', 'open requests', () => closed);
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
  return address;
}
