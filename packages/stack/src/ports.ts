import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { StackError } from './stack-error.ts';

export interface PortSpec {
  /** Its number in the shipped configuration, where the host is the component's name. */
  composePort: number;
  /** Its number on this machine; any free one by default. */
  fixedPort?: number;
  /** The environment variable that overrides `fixedPort`. */
  variable?: string;
}

export interface PortRequest {
  component: string;
  name: string;
  wanted?: number;
  variable?: string;
}

const host = '127.0.0.1';

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

// Below the kernel's ephemeral ports (ip(7): 32768 to 60999): they could be given to another process
// between our choice and our use.
const lowestFree = 16_384;
const highestFree = 32_767;
const maxTries = 100;

async function listenOnFree(): Promise<Server> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    try {
      return await listen(randomInt(lowestFree, highestFree + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  return listen(0);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

export async function isPortFree(port: number): Promise<boolean> {
  return listen(port).then(
    (server) => close(server).then(() => true),
    () => false,
  );
}

function describeBusy({ component, wanted, variable }: PortRequest, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'EADDRINUSE' ? 'another program listens on it' : `it gives ${code}`;
  const fix = variable
    ? `Set \`${variable}\` in the environment or in .env to change it.`
    : 'Stop that program, then start again.';
  return `Expected port ${wanted} to be free for ${component}, but ${reason}. ${fix}`;
}

/**
 * Finds a number for every port, all distinct. Throws one error, with exit code 2, that lists each
 * wanted port that is busy.
 */
export async function assignPorts(requests: PortRequest[]): Promise<number[]> {
  // All are held open together, so that no two get the same number.
  const servers: (Server | undefined)[] = [];
  const faults: string[] = [];
  const inOrder = requests
    .map((request, index) => ({ request, index }))
    // Wanted numbers first: a free one must not take them.
    .sort((left, right) => (right.request.wanted ?? 0) - (left.request.wanted ?? 0));
  for (const { request, index } of inOrder) {
    try {
      const { wanted } = request;
      servers[index] = await (wanted === undefined ? listenOnFree() : listen(wanted));
    } catch (error) {
      faults.push(describeBusy(request, error));
    }
  }
  const numbers = servers.map(
    (server) => (server?.address() as { port: number } | null)?.port ?? 0,
  );
  await Promise.all(servers.map((server) => server && close(server)));
  if (faults.length > 0) throw new StackError(faults.join('\n'), { exitCode: 2 });
  return numbers;
}
