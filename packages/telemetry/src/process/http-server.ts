import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '../telemetry.ts';
import { createConnectionCloser } from './connection-closer.ts';
import { type ListenOptions, listen } from './listen.ts';
import { serverLimits } from './server-limits.ts';

// Of the time to drain; the rest is for the ends of the streams to arrive.
const eventStreamsShare = 0.8;

/**
 * Serves a listener, with these limits, or a server of `node:http` or `node:https` that does not listen yet, and ties it
 * to the shutdown. First readiness turns and, for `SHUTDOWN_GRACE_MS`, each answer says
 * `Connection: close` while new connections are still accepted; then it stops listening and drains.
 * Upgraded connections are the service's own to close, in a step of the drain.
 * @returns the address as bound, such as `127.0.0.1:3000` or `[::1]:3000`
 * @throws Error that names the port and its fix when the port is taken
 */
export async function serveHttp(
  telemetry: Telemetry,
  served: RequestListener | Server | HttpsServer,
  options: ListenOptions,
): Promise<string> {
  const { shutdown, logger, configuration } = telemetry;
  const server = typeof served === 'function' ? createServer(serverLimits, served) : served;
  const connections = createConnectionCloser(server);
  const address = await listen(server, options, 'PORT', (err) => {
    logger.error({ event: 'server_accept_failed', err }, 'connection not accepted');
  });
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  shutdown.on('announce', 'public server', () => {
    connections.announce();
    return sleep(configuration.shutdownGraceMs);
  });
  shutdown.on('stop-accepting', 'public server', () => connections.stopListening());
  shutdown.on('drain', 'open requests', (timeoutMs) => {
    setTimeout(connections.endEventStreams, timeoutMs * eventStreamsShare).unref();
    return closed;
  });
  logger.info({ event: 'server_started', address }, 'server started');
  return address;
}
