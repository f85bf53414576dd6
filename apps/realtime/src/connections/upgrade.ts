import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HttpError } from '@watchkeeper/telemetry';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Gatekeeper } from './admission.ts';
import type { Admission } from './connection.ts';

/** The path of the public WebSocket. */
export const socketPath = '/ws';

/** Takes the event `upgrade` of an HTTP server. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What an upgrade passes through. */
export interface UpgradeParts {
  readonly app: Express;
  readonly server: WebSocketServer;
  readonly gatekeeper: Gatekeeper;
  /** Does to it what the faults of HTTP say. */
  readonly faultGate: RequestHandler;
  readonly onConnection: (socket: WebSocket, admission: Admission) => void;
}

const refusals = new WeakMap<IncomingMessage, unknown>();

/** Why the upgrade was refused that `request` asked for; nothing for a request of another kind. */
export function refusalOf(request: IncomingMessage): unknown {
  return refusals.get(request);
}

/**
 * Makes the listener. Who is not let in gets an ordinary answer from the application, so that it is
 * counted, traced and logged as every other refusal is.
 */
export function createUpgrade(parts: UpgradeParts): UpgradeListener {
  const { app, server, gatekeeper, faultGate, onConnection } = parts;

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (pathOf(request) !== socketPath) return answer(app, request, socket);
    let admission: Admission;
    try {
      await pass(faultGate, request);
      admission = await gatekeeper.admit(request);
    } catch (error) {
      refusals.set(request, error);
      return answer(app, request, socket);
    }
    socket.off('error', ignore);
    server.handleUpgrade(request, socket, head, (webSocket) => onConnection(webSocket, admission));
  }

  // What is no handshake of RFC 6455 although it asks for an upgrade.
  server.on('wsClientError', (error, socket, request) => {
    socket.on('error', ignore);
    refusals.set(request, new HttpError(400, `${error.message}.`, { code: 'handshake_invalid' }));
    answer(app, request, socket);
  });
  return (request, socket, head) => {
    // Who leaves during the check must not end the process.
    socket.on('error', ignore);
    void upgrade(request, socket, head);
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** Runs a handler of Express on a request that never reaches the application. */
function pass(handler: RequestHandler, request: IncomingMessage): Promise<void> {
  const asExpress = Object.assign(request, { originalUrl: request.url }) as Request;
  return new Promise((resolve, reject) => {
    const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
    Promise.resolve(handler(asExpress, undefined as unknown as Response, next)).catch(reject);
  });
}

/** Node hands an upgrade over as a bare socket; this puts an answer onto it. */
function answer(app: Express, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => (socket as Socket).destroySoon());
  app(request, response);
}

// The connection was never made; there is nothing to lose and nobody to tell.
function ignore(): void {}
