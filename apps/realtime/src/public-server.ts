import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { UpgradeListener } from './connections/upgrade.ts';

/**
 * Serves requests and upgrades: `serveHttp` of the library, for a server that has both.
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and its cure when the port is taken
 */
export async function servePublic(
  { logger, shutdown }: Telemetry,
  { listener, upgrade }: { listener: RequestListener; upgrade: UpgradeListener },
  { port, bindAddress }: { port: number; bindAddress: string },
): Promise<string> {
  const server = createServer(listener);
  server.on('upgrade', upgrade);
  await listen(server, port, bindAddress);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    server.closeIdleConnections();
  });
  shutdown.on('drain', 'open requests', () => closed);
  const bound = server.address() as AddressInfo;
  const address = `${bound.address}:${bound.port}`;
  logger.info({ event: 'server_started', address }, 'server started');
  return address;
}

function listen(server: Server, port: number, bindAddress: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = `Could not listen on ${bindAddress}:${port} (${error.code}).`;
      reject(new Error(`${problem} Set \`PORT\` to a free port.`, { cause: error }));
    });
    // Longer than the usual 511, because after a restart everybody comes back at once.
    server.listen({ port, host: bindAddress, backlog: 4_096 }, resolve);
  });
}
