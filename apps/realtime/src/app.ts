import { randomUUID } from 'node:crypto';
import { createApplication, faultGate, type Tokens } from '@watchkeeper/galley';
import {
  HttpError,
  instrumentQueue,
  instrumentWebSocketServer,
  setRequestUser,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { Express } from 'express';
import type { Pool } from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from './config.ts';
import { createGatekeeper } from './connections/admission.ts';
import { type Admission, type Connection, createConnection } from './connections/connection.ts';
import { drainConnections } from './connections/drain.ts';
import { startHeartbeat } from './connections/heartbeat.ts';
import type { Hub } from './connections/hub.ts';
import { createOutboundQueue } from './connections/outbound-queue.ts';
import { createSessions, watchSessions } from './connections/sessions.ts';
import {
  createUpgrade,
  refusalOf,
  socketPath,
  type UpgradeListener,
} from './connections/upgrade.ts';
import type { RealtimeFaults } from './faults.ts';
import type { Channel } from './protocol/channel.ts';
import { createRouter } from './router.ts';
import { createServices, type Services } from './services.ts';

/** What realtime is made of. */
export interface Dependencies {
  readonly pool: Pool;
  /** For the connection that listens, which belongs to no pool. */
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
  readonly tokens: Tokens;
  readonly settings: Settings;
  readonly hub: Hub;
  readonly channel: Channel;
  readonly faults: RealtimeFaults;
}

/** Realtime, ready to be served. */
export interface App {
  readonly listener: Express;
  readonly upgrade: UpgradeListener;
  /** Begins to listen to the database and to say who is here. */
  start(): Promise<void>;
}

/** Makes the application of one instance, and ties it to the shutdown. */
export function createApp(dependencies: Dependencies): App {
  const { pool, telemetry, tokens, settings, hub, faults } = dependencies;
  const services = createServices(dependencies, randomUUID());
  // One that stays empty: its bound and its drops are known before the first client comes.
  instrumentQueue(createOutboundQueue(settings.outboundQueueLimit), telemetry, {
    type: 'outbound',
  });
  const sessions = createSessions(pool, hub);
  const gatekeeper = createGatekeeper({ hub, tokens, settings, sessions });
  const listener = createListener(telemetry);
  const upgrade = createUpgrade({
    app: listener,
    server: createSocketServer(telemetry, settings),
    gatekeeper,
    faultGate: faultGate(faults),
    onConnection: createWelcome(dependencies, services),
  });
  telemetry.shutdown.on('stop-accepting', 'upgrades', () => gatekeeper.close());
  return {
    listener,
    upgrade,
    async start() {
      await services.start();
      const stopHeartbeat = startHeartbeat(hub, settings);
      const stopWatching = watchSessions(sessions, settings.heartbeatIntervalMs);
      telemetry.shutdown.on('drain', 'connections', async () => {
        stopHeartbeat();
        stopWatching();
        await drainConnections(hub);
        await services.stop();
      });
    },
  };
}

/** Answers what is no upgrade, and upgrades that were refused. */
function createListener(telemetry: Telemetry): Express {
  return createApplication(telemetry, (app) => {
    app.get(socketPath, (request, response) => {
      response.set('Cache-Control', 'no-store');
      const refusal = refusalOf(request);
      if (isTemporary(refusal)) response.set('Retry-After', '5');
      if (refusal !== undefined) throw refusal;
      response.set('Upgrade', 'websocket');
      throw new HttpError(426, 'Expected a WebSocket.', { code: 'upgrade_required' });
    });
  });
}

/** Whether the same client may be let in a little later. */
function isTemporary(refusal: unknown): boolean {
  return refusal instanceof HttpError && [429, 503].includes(refusal.statusCode);
}

function createSocketServer(telemetry: Telemetry, settings: Settings): WebSocketServer {
  // Unknown to the types: how long a peer may take to answer a close frame, and into how many pieces
  // it may cut what it sends, each of which costs memory until the last has come.
  const bounds = { closeTimeout: 2_000, maxFragments: 128, maxBufferedChunks: 4_096 };
  const server = new WebSocketServer({
    ...bounds,
    noServer: true,
    // The hub knows them all.
    clientTracking: false,
    maxPayload: settings.maxPayloadBytes,
    // Its contexts would take more memory than all the rest of a connection.
    perMessageDeflate: false,
  });
  return instrumentWebSocketServer(server, telemetry);
}

/** Makes what turns an open socket into a connection of the hub. */
function createWelcome(dependencies: Dependencies, services: Services) {
  const { telemetry, channel, settings, hub } = dependencies;
  const { logger } = telemetry;
  const dispatch = createRouter(services);
  const startedAt = new WeakMap<Connection, number>();

  function onClose(connection: Connection, code: number): void {
    hub.remove(connection);
    services.forget(connection);
    const fields = {
      connection_id: connection.id,
      code,
      waiting: connection.outbound.waiting,
      duration_ms: Math.round(performance.now() - (startedAt.get(connection) ?? 0)),
    };
    logger.info({ event: 'ws_client_disconnected', ...fields }, 'client disconnected');
  }

  return (socket: WebSocket, admission: Admission): void => {
    const { userId } = admission.caller;
    setRequestUser(userId);
    const shared = { ...dependencies, dispatch, onClose };
    const connection = createConnection(socket, admission, shared);
    startedAt.set(connection, performance.now());
    hub.add(connection);
    const fields = { connection_id: connection.id, connections: hub.countOf(userId) };
    logger.info({ event: 'ws_client_connected', ...fields }, 'client connected');
    connection.send(channel.encode('welcome', welcomeOf(connection, settings)));
    services.greet(connection);
  };
}

function welcomeOf({ id, caller, closesAtMs }: Connection, settings: Settings) {
  return {
    connectionId: id,
    userId: caller.userId,
    deviceId: caller.deviceId,
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    maxPayloadBytes: settings.maxPayloadBytes,
    closesAt: new Date(closesAtMs).toISOString(),
  };
}
