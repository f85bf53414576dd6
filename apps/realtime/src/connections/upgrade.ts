import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HttpError, serveHttp, serverLimits, type Telemetry } from '@watchkeeper/telemetry';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Gatekeeper } from './admission.ts';
import type { Admission } from './connection.ts';

/** The path of the public WebSocket. */
export const socketPath = '/ws';

/** Listener for the event `upgrade` of an HTTP server. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

interface UpgradeDependencies {
  readonly app: Express;
  readonly server: WebSocketServer;
  readonly gatekeeper: Gatekeeper;
  readonly faultGate: RequestHandler;
  readonly onConnection: (socket: WebSocket, admission: Admission) => void;
}

const refusals = new WeakMap<IncomingMessage, unknown>();

/** The error that refused an upgrade; nothing for any other request. */
export function upgradeError(request: IncomingMessage): unknown {
  return refusals.get(request);
}

/**
 * Creates the upgrade listener. A refused upgrade gets an ordinary answer from the application, so
 * that it is counted, traced and logged like any other refusal.
 */
export function createUpgrade(dependencies: UpgradeDependencies): UpgradeListener {
  const { app, server, gatekeeper, faultGate, onConnection } = dependencies;

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (request.url?.split('?', 1)[0] !== socketPath) return answer(app, request, socket);
    let admission: Admission;
    try {
      await runHandler(faultGate, request);
      admission = await gatekeeper.admit(request);
    } catch (error) {
      refusals.set(request, error);
      return answer(app, request, socket);
    }
    socket.off('error', ignore);
    server.handleUpgrade(request, socket, head, (webSocket) => onConnection(webSocket, admission));
  }

  // An upgrade that is no valid handshake of RFC 6455.
  server.on('wsClientError', (error, socket, request) => {
    socket.on('error', ignore);
    refusals.set(request, new HttpError(400, `${error.message}.`, { code: 'handshake_invalid' }));
    answer(app, request, socket);
  });
  return (request, socket, head) => {
    // A client that disconnects during the check must not end the process.
    socket.on('error', ignore);
    void upgrade(request, socket, head);
  };
}

/** Runs an Express handler on a request that never reaches the application. */
function runHandler(handler: RequestHandler, request: IncomingMessage): Promise<void> {
  const asExpress = Object.assign(request, { originalUrl: request.url }) as Request;
  return new Promise((resolve, reject) => {
    const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
    Promise.resolve(handler(asExpress, undefined as unknown as Response, next)).catch(reject);
  });
}

/** Has the application answer on the bare socket that Node hands over for an upgrade. */
function answer(app: Express, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => (socket as Socket).destroySoon());
  app(request, response);
}

// No connection was established, so there is nothing to close or report.
function ignore(): void {}

// Longer than the usual 511, because after a restart all clients reconnect at once.
const backlog = 4_096;

/**
 * Serves requests and upgrades until the shutdown.
 * @returns the bound address, such as `127.0.0.1:3000`
 * @throws Error if the port is taken
 */
export function servePublic(
  telemetry: Telemetry,
  { listener, upgrade }: { listener: RequestListener; upgrade: UpgradeListener },
  { port, bindAddress }: { port: number; bindAddress: string },
): Promise<string> {
  const server = createServer(serverLimits, listener).on('upgrade', upgrade);
  return serveHttp(telemetry, server, { port, bindAddress, backlog });
}
