import type { IncomingMessage } from 'node:http';
import { callerOf } from '@watchkeeper/galley';
import { instrumentWebSocketServer, setRequestUser, type Telemetry } from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import type { Choice } from '../routing/choice.ts';
import { refuse } from '../upstream/relay.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { connect, socketOptions } from './connect.ts';
import { joinSockets } from './relay.ts';
import { completeUpgrade, upgradeOf } from './upgrades.ts';

export type Tunnels = ReturnType<typeof createTunnels>;

const goingAway = 1001;
// For callers that do not reply to a close; the shutdown's phase lasts little longer.
const closeTimeoutMs = 1_500;

export function createTunnels(telemetry: Telemetry) {
  const chosenProtocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    ...socketOptions,
    noServer: true,
    handleProtocols: (_, request) => chosenProtocols.get(request) ?? false,
  });
  instrumentWebSocketServer(server, telemetry);
  const open = new Set<WebSocket>();

  function track(socket: WebSocket): void {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }

  return {
    /** Opens the upstream's half first, so that its refusal reaches the caller. */
    async open(
      upstream: Upstream,
      choice: Choice,
      request: Request,
      response: Response,
    ): Promise<void> {
      const upgrade = upgradeOf(request);
      const { socket, head } = upgrade;
      const { userId } = callerOf(response);
      if (socket.destroyed) return;
      let outgoing: WebSocket;
      try {
        const guard = upstream.guardOf(choice.route);
        outgoing = await guard.run(() => connect(upstream, choice, request, upgrade));
      } catch (error) {
        return refuse(error, response);
      }
      // The caller disconnected meanwhile: the server would drop its end silently.
      if (!socket.readable || !socket.writable) return outgoing.terminate();
      track(outgoing);
      if (outgoing.protocol !== '') chosenProtocols.set(request, outgoing.protocol);
      completeUpgrade(response, upgrade);
      server.handleUpgrade(request, socket, head, (client) => {
        setRequestUser(userId);
        track(client);
        joinSockets(client, outgoing);
      });
    },
    /** Closes both ends of each with 1001 and waits until they are closed. */
    drain: () => closeAll([...open]),
  };
}

async function closeAll(sockets: readonly WebSocket[]): Promise<void> {
  const closed = sockets.map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  for (const socket of sockets) socket.close(goingAway, 'The gateway restarts.');
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.terminate();
  }, closeTimeoutMs);
  await Promise.all(closed);
  clearTimeout(timer);
}
