import { createServer, type Socket } from 'node:net';
import { listenOnFreePort } from '@watchkeeper/testing/server';

/** A fake PostgreSQL for tests that need only its protocol. */
export interface PostgresStandIn {
  readonly connectionString: string;
  close(): void;
}

// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5, type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', 'I');
const done = message('C', 'SELECT 0\0');
const failed = message('E', 'SERROR\0VERROR\0C42P01\0Mrelation "nowhere" does not exist\0\0');

/**
 * Starts a server that answers every statement with nothing: one with `nowhere` in it fails, one
 * with `slow` in it takes 150 ms.
 */
export async function startPostgresStandIn(): Promise<PostgresStandIn> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  const port = await listenOnFreePort(server);
  return {
    connectionString: `postgres://user:secret@127.0.0.1:${port}/test`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function serve(socket: Socket): void {
  socket.once('data', () => {
    socket.write(Buffer.concat([authenticated, ready]));
    // Statements are short and come one by one: a chunk is a whole exchange.
    socket.on('data', (chunk) => answer(socket, chunk.toString('latin1')));
  });
}

function answer(socket: Socket, request: string): void {
  if (request.startsWith('X')) return void socket.end();
  const parts = request.includes('nowhere') ? [failed, ready] : [done, ready];
  // With parameters there are parsing, binding and describing to be answered first.
  const isExtended = request.startsWith('P') && !request.includes('nowhere');
  if (isExtended) parts.unshift(message('1'), message('2'), message('n'));
  setTimeout(() => socket.write(Buffer.concat(parts)), request.includes('slow') ? 150 : 0);
}
