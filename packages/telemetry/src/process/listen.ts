import type { AddressInfo, Server } from 'node:net';

export interface ListenOptions {
  readonly port: number;
  readonly bindAddress: string;
  /** Connections that may wait to be accepted; Node's default if absent. */
  readonly backlog?: number | undefined;
}

/**
 * @param variable sets the port
 * @param onError called for each error after the start, such as too few file descriptors for a
 *   connection: it costs that connection, never the process
 * @returns the address as bound, such as `127.0.0.1:3000` or `[::1]:3000`
 * @throws Error that names the port and `variable` if the port is taken
 */
export async function listen(
  server: Server,
  { port, bindAddress, backlog }: ListenOptions,
  variable: string,
  onError: (error: Error) => void,
): Promise<string> {
  // As in an address with its port.
  const host = bindAddress.replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    // It stays: without a listener the next error of the server would end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) return onError(error);
      const problem = `Could not listen on ${hostPort(host, port)} (${error.code}).`;
      reject(new Error(`${problem} Set \`${variable}\` to a free port.`, { cause: error }));
    });
    server.listen({ port, host, backlog }, resolve);
  });
  const bound = server.address() as AddressInfo;
  return hostPort(bound.address, bound.port);
}

/** Source: RFC 3986, section 3.2.2: an IPv6 address is bracketed, or its port could not be told. */
function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
