import type { RequestHandler, Response } from 'express';

/** Tells open pages that something changed, by server-sent events. */
export interface Live {
  /** Tells every open page; several changes in a moment are one. */
  announce(): void;
  /** Answers `GET /events`. */
  readonly handler: RequestHandler;
  clientCount(): number;
  /** Ends all streams; browsers come back by themselves. */
  close(): void;
}

// A team with a few tabs each. Each costs a socket, so there is a bound.
const maxClients = 100;
// Below the minute after which proxies take a silent connection for dead.
const beatIntervalMs = 15_000;
// A storm of notifications makes one refresh of a page, not one each.
const gatherMs = 150;
const retryMs = 3_000;

/** Makes the stream; nothing runs until a page is open. */
export function createLive(): Live {
  const clients = new Set<Response>();
  let version = 0;
  let gathering: NodeJS.Timeout | undefined;
  let isClosed = false;

  function sendAll(text: string): void {
    for (const client of clients) {
      // Who does not read what is sent, a few hundred bytes, is gone or will ask again.
      if (client.writableNeedDrain) client.destroy();
      else client.write(text);
    }
  }
  const beat = setInterval(() => sendAll(': still here\n\n'), beatIntervalMs);
  beat.unref();

  return {
    announce() {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        version += 1;
        sendAll(`event: change\nid: ${version}\ndata: ${version}\n\n`);
      }, gatherMs).unref();
    },
    handler(_request, response) {
      if (isClosed || clients.size >= maxClients) {
        response.status(503).set('retry-after', '30').type('text').send('Too many open pages.\n');
        return;
      }
      response.status(200).set({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // A proxy that gathers answers would keep the page waiting.
        'x-accel-buffering': 'no',
      });
      response.write(`retry: ${retryMs}\nid: ${version}\n\n`);
      clients.add(response);
      response.on('close', () => clients.delete(response));
    },
    clientCount: () => clients.size,
    close() {
      isClosed = true;
      clearInterval(beat);
      clearTimeout(gathering);
      for (const client of clients) client.end();
    },
  };
}
