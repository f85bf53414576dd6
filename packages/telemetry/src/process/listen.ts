import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  readonly port: number;
  readonly bindAddress: string;
  /** Connections that may wait to be accepted; Node's default if absent. */
  readonly backlog?: number | undefined;
}

/**
 * @param variable sets the port
 * @returns the address as bound, such as `127.0.0.1:3000`
 * @throws Error that names the port and `variable` if the port is taken
 */
export async function listen(
  server: Server,
  { port, bindAddress, backlog }: ListenOptions,
  variable: string,
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = `Could not listen on ${bindAddress}:${port} (${error.code}).`;
      reject(new Error(`${problem} Set \`${variable}\` to a free port.`, { cause: error }));
    });
    server.listen({ port, host: bindAddress, backlog }, resolve);
  });
  const bound = server.address() as AddressInfo;
  return `${bound.address}:${bound.port}`;
}
