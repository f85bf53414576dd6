import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request as a service behind the gateway got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A service behind the gateway that a test scripts. */
export interface FakeService {
  readonly url: string;
  /** What came in so far, without what its own handlers read. */
  readonly received: Received[];
  /** The WebSockets that were opened. */
  readonly sockets: WebSocket[];
  /** Answers a request; by default with 200 and the request itself. */
  handle: (received: Received, response: ServerResponse) => Promise<void> | void;
  stop(): Promise<void>;
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Starts a service on a free port, or on one that it had before. */
export async function startFakeService(port = 0): Promise<FakeService> {
  const received: Received[] = [];
  const sockets: WebSocket[] = [];
  const server = createServer(async (request, response) => {
    // Some tests abort the request.
    const body = await text(request).catch(() => 'aborted');
    const { method = '', url = '', headers } = request;
    const each = { method, url, headers, body };
    received.push(each);
    await service.handle(each, response);
  });
  const socketServer = new WebSocketServer({ server, path: '/ws' });
  socketServer.on('connection', (socket, { headers, url = '' }) => {
    received.push({ method: 'UPGRADE', url, headers, body: '' });
    sockets.push(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const service: FakeService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    handle: (each, response) => json(response, 200, each),
    async stop() {
      for (const socket of sockets) socket.terminate();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return service;
}
