import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, context, trace } from '@opentelemetry/api';
import { closeCodes } from '../catalogue/wrapper-metrics.ts';
import { listenersInContext } from '../context-listeners.ts';
import { readRequestIds } from '../http/ids.ts';
import { isFirstWrapping } from '../operations/metered.ts';
import { elapsedMs } from '../operations/outcome.ts';
import { extractTraceContext } from '../operations/trace-context.ts';
import { activeRequest, withRequestContext } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';

/** The part of a WebSocket server that is metered; `WebSocketServer` of `ws` has it. */
interface MeterableWebSocketServer {
  handleUpgrade(request: never, socket: never, head: never, callback: never): void;
}

interface ClosableSocket {
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

type CloseCode = (typeof closeCodes)[number];
type Upgraded = (socket: ClosableSocket, request: IncomingMessage) => void;
type HandleUpgrade = (...callArguments: [...unknown[], Upgraded]) => void;

// Shared by all sockets, whose prototype is the class of `ws`.
const inContext = listenersInContext(EventEmitter.prototype, (socket) => connectionContext(socket));

// With the ids and the trace of the upgrade request.
const connectionContexts = new WeakMap<object, Context>();

/** The context of a connection; the active one for sockets of another server. */
export function connectionContext(socket: object): Context {
  return connectionContexts.get(socket) ?? context.active();
}

/**
 * Meters a WebSocket server: connections open, closes by code, a line for each client that was
 * dropped. Listeners of `connection`, and those of its sockets, run with the ids and the trace of the
 * upgrade request, so that `setRequestUser` there names the user on every later line of the
 * connection. Late in the drain of a shutdown it closes what the service has left open, with 1001.
 * @returns the same server
 */
export function instrumentWebSocketServer<S extends MeterableWebSocketServer>(
  server: S,
  telemetry: Telemetry,
): S {
  if (!isFirstWrapping(telemetry, server)) return server;
  const { metrics, logger } = telemetry;
  const closed = metrics.counter('ws_connections_closed_total');
  const active = metrics.gauge('ws_connections_active');
  // Initialized, so that the first close of each usual kind is seen as an increase.
  for (const code of ['1000', '1001', '1006'] as const) closed.add(0, { code });

  const open = new Set<ClosableSocket>();
  telemetry.shutdown.on('drain', 'WebSockets', (timeoutMs) => closeAll(open, timeoutMs));

  function watch(socket: ClosableSocket): void {
    const startedAt = performance.now();
    let err: Error | undefined;
    active.add(1);
    open.add(socket);
    // `ws` closes the socket after an error; without a listener it would end the process.
    socket.on('error', (error) => {
      err = error;
    });
    socket.on('close', (code) => {
      active.add(-1);
      open.delete(socket);
      closed.increment({ code: toCloseCode(code) });
      if (!isDrop(code)) return;
      const fields = { code, duration_ms: elapsedMs(startedAt), ...(err && { err }) };
      context.with(connectionContext(socket), () =>
        logger.warn({ event: 'ws_client_dropped', ...fields }, 'client dropped'),
      );
    });
  }

  const handleUpgrade = server.handleUpgrade.bind(server) as unknown as HandleUpgrade;
  // Every connection passes here, whether the server listens by itself or is handed its sockets.
  const metered: HandleUpgrade = (...callArguments) => {
    const callback = callArguments.pop() as Upgraded;
    handleUpgrade(...callArguments, (socket, request) => {
      const base = upgradeContext(request, telemetry);
      connectionContexts.set(socket, base);
      watch(socket);
      Object.assign(socket, inContext);
      context.with(base, () => callback(socket, request));
    });
  };
  server.handleUpgrade = metered as unknown as S['handleUpgrade'];
  return server;
}

const goingAway = 1001;
const pollMs = 20;
// Until then the service may close them itself, after its last messages; the rest is for replies.
const ownShare = 0.5;
const replyShare = 0.9;

/** Closes what the service leaves open, so that no client loses its connection without a word. */
async function closeAll(open: ReadonlySet<ClosableSocket>, timeoutMs: number): Promise<void> {
  const startedAt = performance.now();
  const untilClosed = async (share: number) => {
    while (open.size > 0 && performance.now() - startedAt < timeoutMs * share) await sleep(pollMs);
  };
  await untilClosed(ownShare);
  for (const socket of open) socket.close(goingAway, 'The service restarts.');
  await untilClosed(replyShare);
  for (const socket of open) socket.terminate();
}

function upgradeContext(request: IncomingMessage, { configuration }: Telemetry): Context {
  const outer = context.active();
  const isTrusted = configuration.isTrustedCaller(request.socket.remoteAddress);
  const isContinued = trace.getSpan(outer) === undefined && isTrusted;
  const parent = isContinued ? extractTraceContext(request.headers, outer) : outer;
  // Behind the middleware the upgrade has its ids already.
  return withRequestContext(parent, activeRequest() ?? readRequestIds(request, isTrusted));
}

function toCloseCode(code: number): CloseCode {
  return closeCodes.find((known) => known === String(code)) ?? 'other';
}

// Source: RFC 6455, section 7.4.1: normal, going away, no code, service restart.
const ordinaryCodes = new Set([1000, 1001, 1005, 1012]);
// From here on the codes are the application's own.
const firstApplicationCode = 3_000;

function isDrop(code: number): boolean {
  return code < firstApplicationCode && !ordinaryCodes.has(code);
}
