import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from '../telemetry.ts';

/**
 * Serves `listener` and ties the server to the shutdown: it stops accepting, then drains.
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and its cure when the port is taken
 */
export async function serveHttp(
  telemetry: Telemetry,
  listener: RequestListener,
  { port, bindAddress }: { port: number; bindAddress: string },
): Promise<string> {
  const server = createServer(listener);
  await listen(server, port, bindAddress);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  telemetry.shutdown.on('stop-accepting', 'public server', () => {
    server.close();
    server.closeIdleConnections();
  });
  telemetry.shutdown.on('drain', 'open requests', () => closed);
  const bound = server.address() as AddressInfo;
  const address = `${bound.address}:${bound.port}`;
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
  return address;
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
