import type { IncomingMessage } from 'node:http';
import { callerOf } from '@watchkeeper/galley';
import {
  activeRequest,
  instrumentWebSocketServer,
  setRequestUser,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import type { Choice } from '../routing/choice.ts';
import { refuse } from '../upstream/relay.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { connect } from './connect.ts';
import { socketOptions } from './options.ts';
import { joinSockets } from './relay.ts';
import { completeUpgrade, upgradeOf } from './upgrades.ts';

export interface Tunnels {
  /** Opens the upstream's half first, so that its refusal reaches the caller. */
  open(upstream: Upstream, choice: Choice, request: Request, response: Response): Promise<void>;
  /** Closes both ends of each with 1001 and waits until they are closed. */
  drain(): Promise<void>;
}

const goingAway = 1001;
// For callers that do not answer a close; the phase of the shutdown has little more than this.
const closeTimeoutMs = 1_500;

export function createTunnels(telemetry: Telemetry): Tunnels {
  const chosenProtocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    ...socketOptions,
    noServer: true,
    handleProtocols: (_, request) => chosenProtocols.get(request) ?? false,
  });
  instrumentWebSocketServer(server, telemetry);
  const open = new Set<WebSocket>();

  function keep(socket: WebSocket): void {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }

  return {
    async open(upstream, choice, request, response) {
      const upgrade = upgradeOf(request);
      const { socket, head } = upgrade;
      const { userId } = callerOf(response);
      if (socket.destroyed) return;
      let outgoing: WebSocket;
      try {
        outgoing = await upstream.guard.run(() => connect(upstream, choice, request, upgrade));
      } catch (error) {
        return refuse(error, response);
      }
      // The caller left in the very moment: the server would drop its end without a word.
      if (!socket.readable || !socket.writable) return outgoing.terminate();
      keep(outgoing);
      // The meter of the server reads the ids there; without them it would make up its own.
      request.headers['x-request-id'] = activeRequest()?.requestId;
      request.headers['x-correlation-id'] = activeRequest()?.correlationId;
      if (outgoing.protocol !== '') chosenProtocols.set(request, outgoing.protocol);
      completeUpgrade(response, upgrade);
      server.handleUpgrade(request, socket, head, (client) => {
        setRequestUser(userId);
        keep(client);
        joinSockets(client, outgoing);
      });
    },
    async drain() {
      const sockets = [...open];
      const closed = sockets.map(
        (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      for (const socket of sockets) socket.close(goingAway, 'The gateway restarts.');
      const timer = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, closeTimeoutMs);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}
