import { type Server, ServerResponse } from 'node:http';
import { type Socket, Server as TcpServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

// A client that goes on asking over its connection does so sooner than this.
const quietMs = 100;
const checkMs = 25;
// A client that has its answer connects again at once, if at all; a busy one keeps others waiting.
const settledMs = 50;
const maxHoldMs = 250;

/** Node's own: the answer under way on this connection, and its head once sent. A test watches them. */
type HttpSocket = Socket & {
  readonly _httpMessage?: (ServerResponse & { readonly _header: string | null }) | null;
};

const eventStream = /^content-type: *text\/event-stream/im;

/**
 * Ends the connections of a server without losing a request that it has accepted. Call it before the
 * server listens. Until `announce` it does nothing for a request, and for a connection only notes it.
 */
export function createConnectionCloser(server: Server) {
  const open = watchConnections(server);
  let lastActiveAt = Number.NEGATIVE_INFINITY;
  const answers = createHold();

  /** The answer says `Connection: close`, so that the client asks its next question elsewhere. */
  function closeAfter(_: unknown, response: unknown): void {
    lastActiveAt = performance.now();
    if (!(response instanceof ServerResponse)) return;
    response.shouldKeepAlive = false;
    if (answers.isHolding()) answers.hold(response);
  }

  /** Node closes idle connections only, and those without a first request it takes for busy. */
  function closeUnused(): void {
    if (performance.now() - lastActiveAt < quietMs) return;
    server.closeIdleConnections();
    for (const [socket, bytesAtStart] of open) {
      if (socket.bytesRead === bytesAtStart) socket.destroy();
    }
  }

  return {
    /** From now on each answer closes its connection; connections are accepted as before. */
    announce(): void {
      if (open.size > 0) lastActiveAt = performance.now();
      server.on('connection', () => {
        lastActiveAt = performance.now();
      });
      server.prependListener('request', closeAfter);
      // A listener would replace Node's default behaviour, so it is only added to existing ones.
      for (const event of ['checkContinue', 'checkExpectation', 'upgrade'] as const) {
        if (server.listenerCount(event) > 0) server.prependListener(event, closeAfter);
      }
      for (const { _httpMessage: response } of open.keys()) {
        if (response && !response.headersSent) response.shouldKeepAlive = false;
      }
    },
    /**
     * Stops listening. The kernel resets the connections that wait to be accepted at that moment, so
     * answers are held back until nobody connects any more: each client waits for one then. Then
     * closes each connection as soon as it is unused: not at once, as Node does, because a request
     * may be on its way. Upgraded connections are left alone.
     */
    async stopListening(): Promise<void> {
      answers.start([...open.keys()].flatMap(({ _httpMessage: response }) => response ?? []));
      await untilSettled(() => lastActiveAt);
      // Not the method of `http.Server`, which first closes what is idle at this moment.
      TcpServer.prototype.close.call(server);
      answers.release();
      const timer = setInterval(closeUnused, checkMs).unref();
      server.once('close', () => clearInterval(timer));
      closeUnused();
    },
    /** Ends the streams of server-sent events, whose clients then connect again by themselves. */
    endEventStreams: (): void => endEventStreams(open.keys()),
  };
}

function endEventStreams(sockets: Iterable<HttpSocket>): void {
  for (const { _httpMessage: response } of sockets) {
    if (eventStream.test(response?._header ?? '')) response?.end();
  }
}

/** Resolves when nobody has connected or asked for a while. */
async function untilSettled(lastActiveAt: () => number): Promise<void> {
  const until = performance.now() + maxHoldMs;
  while (performance.now() - lastActiveAt() < settledMs && performance.now() < until) {
    await sleep(checkMs / 5);
    // Whatever has arrived by now is accepted first.
    await nextTurn();
  }
}

/** Holds answers back, complete but for their end, without which no client goes on. */
function createHold() {
  let isHolding = false;
  const ends: (() => void)[] = [];

  function hold(response: ServerResponse): void {
    const end = response.end as (...callArguments: unknown[]) => ServerResponse;
    const heldEnd = (...callArguments: unknown[]) => {
      if (!isHolding) return end.apply(response, callArguments);
      ends.push(() => end.apply(response, callArguments));
      return response;
    };
    response.end = heldEnd as typeof response.end;
  }

  return {
    hold,
    isHolding: () => isHolding,
    start(responses: readonly ServerResponse[]): void {
      isHolding = true;
      for (const response of responses) hold(response);
    },
    release(): void {
      isHolding = false;
      for (const end of ends.splice(0)) end();
    },
  };
}

/** The open connections, each with the bytes that it had received before any request. */
function watchConnections(server: Server): ReadonlyMap<HttpSocket, number> {
  const open = new Map<HttpSocket, number>();
  const add = (socket: Socket) => {
    open.set(socket, socket.bytesRead);
    socket.once('close', () => open.delete(socket));
  };
  server.on('connection', add);
  // Behind TLS requests come from another socket, which takes the place of the accepted one.
  server.on('secureConnection', (secured: Socket) => {
    for (const socket of open.keys()) {
      if (socket.remotePort === secured.remotePort) open.delete(socket);
    }
    add(secured);
  });
  return open;
}
