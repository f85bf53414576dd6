import { createServer, type RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from '../telemetry.ts';
import { createIdleConnectionCloser } from './idle-connections.ts';

/** Where a server listens. */
export interface ServeOptions {
  readonly port: number;
  readonly bindAddress: string;
  /** Connections that may wait to be accepted; Node's own number unless given. */
  readonly backlog?: number;
}

/**
 * Serves a listener, or a server that does not listen yet, and ties it to the shutdown: it stops
 * accepting, then drains. Whoever takes upgrades ends their connections in a step of the drain.
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and its cure when the port is taken
 */
export async function serveHttp(
  telemetry: Telemetry,
  served: RequestListener | Server,
  options: ServeOptions,
): Promise<string> {
  const server = served instanceof Server ? served : createServer(served);
  const closeIdleConnections = createIdleConnectionCloser(server);
  await listen(server, options);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  telemetry.shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    closeIdleConnections();
  });
  telemetry.shutdown.on('drain', 'open requests', () => closed);
  const bound = server.address() as AddressInfo;
  const address = `${bound.address}:${bound.port}`;
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
  return address;
}

function listen(server: Server, { port, bindAddress, backlog }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = `Could not listen on ${bindAddress}:${port} (${error.code}).`;
      reject(new Error(`${problem} Set \`PORT\` to a free port.`, { cause: error }));
    });
    const place = { port, host: bindAddress, ...(backlog === undefined ? {} : { backlog }) };
    server.listen(place, resolve);
  });
}
