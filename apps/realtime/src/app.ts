import { createApplication, faultGate } from '@watchkeeper/galley';
import {
  HttpError,
  instrumentWebSocketServer,
  setRequestUser,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { Express } from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from './config.ts';
import { createGatekeeper } from './connections/admission.ts';
import { type Admission, type Connection, createConnection } from './connections/connection.ts';
import { drainConnections } from './connections/drain.ts';
import { startHeartbeat } from './connections/heartbeat.ts';
import { createMeteredQueue } from './connections/outbound-queue.ts';
import { createSessions } from './connections/sessions.ts';
import { createUpgrade, socketPath, upgradeError } from './connections/upgrade.ts';
import type { Dependencies } from './context.ts';
import { createRouter } from './router.ts';
import { createServices, type Services } from './services.ts';

/** Creates the application of one instance, and registers its shutdown. */
export function createApp(dependencies: Dependencies) {
  const { pool, telemetry, tokens, settings, hub, faults } = dependencies;
  const services = createServices(dependencies);
  // Always empty: it exports the queue's limit and drops before the first client connects.
  createMeteredQueue(telemetry, settings.outboundQueueLimit);
  const sessions = createSessions(pool, hub);
  const gatekeeper = createGatekeeper(hub, tokens, settings, sessions);
  const listener = createListener(telemetry);
  const upgrade = createUpgrade({
    app: listener,
    server: createSocketServer(telemetry, settings),
    gatekeeper,
    faultGate: faultGate(faults),
    onConnection: createConnectionHandler(dependencies, services),
  });
  telemetry.shutdown.on('stop-accepting', 'upgrades', () => gatekeeper.close());
  return {
    listener,
    upgrade,
    /** Connects the listener, and publishes this instance's presence. */
    async start(): Promise<void> {
      await services.start();
      const stopHeartbeat = startHeartbeat(hub, settings);
      const stopWatching = sessions.watch(settings.heartbeatIntervalMs);
      telemetry.shutdown.on('drain', 'connections', async () => {
        stopHeartbeat();
        stopWatching();
        await drainConnections(hub);
        await services.stop();
      });
    },
  };
}

/** Answers ordinary requests and refused upgrades. */
function createListener(telemetry: Telemetry): Express {
  return createApplication(telemetry, (app) => {
    app.get(socketPath, (request, response) => {
      response.set('Cache-Control', 'no-store');
      const error = upgradeError(request);
      const isTemporary = error instanceof HttpError && [429, 503].includes(error.statusCode);
      if (isTemporary) response.set('Retry-After', '5');
      if (error !== undefined) throw error;
      response.set('Upgrade', 'websocket');
      throw new HttpError(426, 'Expected a WebSocket.', { code: 'upgrade_required' });
    });
  });
}

function createSocketServer(telemetry: Telemetry, settings: Settings): WebSocketServer {
  // Missing in the types: the time a peer has to answer a close frame, and how many fragments a
  // message may have, as each costs memory until the last has arrived.
  const limits = { closeTimeout: 2_000, maxFragments: 128, maxBufferedChunks: 4_096 };
  const server = new WebSocketServer({
    ...limits,
    noServer: true,
    // The hub tracks them.
    clientTracking: false,
    maxPayload: settings.maxPayloadBytes,
    // Its contexts would take more memory than the rest of a connection.
    perMessageDeflate: false,
  });
  return instrumentWebSocketServer(server, telemetry);
}

/** Creates the function that adds an open socket to the hub. */
function createConnectionHandler(dependencies: Dependencies, services: Services) {
  const { telemetry, channel, settings, hub } = dependencies;
  const { logger } = telemetry;
  const dispatch = createRouter(services);

  function onClose(connection: Connection, code: number): void {
    hub.remove(connection);
    services.removeClient(connection);
    const fields = {
      connection_id: connection.id,
      code,
      waiting: connection.outbound.waiting(),
      duration_ms: Math.round(performance.now() - connection.openedAt),
    };
    logger.info({ event: 'ws_client_disconnected', ...fields }, 'client disconnected');
  }

  return (socket: WebSocket, admission: Admission): void => {
    const { userId } = admission.caller;
    setRequestUser(userId);
    const connection = createConnection(socket, admission, { ...dependencies, dispatch, onClose });
    hub.add(connection);
    const fields = { connection_id: connection.id, connections: hub.countOf(userId) };
    logger.info({ event: 'ws_client_connected', ...fields }, 'client connected');
    connection.send(channel.encode('welcome', welcomeMessage(connection, settings)));
    void services.addClient(connection);
  };
}

function welcomeMessage({ id, caller, closesAtMs }: Connection, settings: Settings) {
  return {
    connectionId: id,
    userId: caller.userId,
    deviceId: caller.deviceId,
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    maxPayloadBytes: settings.maxPayloadBytes,
    closesAt: new Date(closesAtMs).toISOString(),
  };
}
