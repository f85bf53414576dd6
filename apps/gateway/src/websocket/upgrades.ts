import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HttpError } from '@watchkeeper/telemetry';
import type { Response } from 'express';

/** The connection behind an upgrade request. */
export interface Upgrade {
  readonly socket: Duplex;
  /** Bytes received after the headers. */
  readonly head: Buffer;
}

// Source: RFC 9110, section 5.6.2.
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Sends upgrades through the application, so that they get the ids, limits, checks, errors, metrics
 * and log events of other requests.
 */
export function upgradeListener(app: RequestListener) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    // The server has released the connection: its errors and its end are ours.
    socket.on('error', () => socket.destroy());
    response.once('finish', () => socket.end());
    response.assignSocket(socket as Socket);
    upgrades.set(request, { socket, head });
    app(request, response);
  };
}

/**
 * The upgrade of a request.
 * @throws HttpError 426 if it is not an upgrade, 400 if its handshake violates RFC 6455
 */
export function upgradeOf(request: IncomingMessage): Upgrade {
  const upgrade = upgrades.get(request);
  if (upgrade === undefined) {
    throw new HttpError(426, 'Expected a WebSocket upgrade.', { code: 'upgrade_expected' });
  }
  const { 'sec-websocket-key': key = '', 'sec-websocket-version': version } = request.headers;
  const protocols = offeredProtocols(request);
  const isValid =
    version === '13' &&
    /^[+/0-9a-z]{22}==$/i.test(key) &&
    protocols.every((protocol) => token.test(protocol)) &&
    new Set(protocols).size === protocols.length;
  if (isValid) return upgrade;
  throw new HttpError(400, 'Expected a WebSocket handshake of version 13.', {
    code: 'handshake_invalid',
  });
}

/** The offered subprotocols in order of preference. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  const offered = headers['sec-websocket-protocol'];
  return offered === undefined ? [] : offered.split(',').map((protocol) => protocol.trim());
}

/**
 * Detaches the connection from the response and ends the response with status 101, for its metrics
 * and its log event.
 */
export function completeUpgrade(response: Response, { socket }: Upgrade): void {
  response.detachSocket(socket as Socket);
  response.statusCode = 101;
  Object.defineProperty(response, 'writableFinished', { value: true });
  response.emit('close');
}
