import type { Response } from 'express';

export type Live = ReturnType<typeof createLive>;

// A team with a few tabs each. Each costs a socket, so there is a bound; the oldest makes room, and
// reconnects, so that nobody can hold all of them for ever.
const maxClients = 100;
// Proxies close idle connections after a minute.
const beatIntervalMs = 15_000;
// A storm of notifications causes one refresh, not one each.
const debounceMs = 150;
const retryMs = 3_000;

/** Ends the oldest stream of the address that holds the most. */
function endOldestOfMost(clients: Set<Response>): void {
  const addressOf = ({ req }: Response) => req.socket.remoteAddress;
  const groups = [...Map.groupBy(clients, addressOf).values()];
  const [largest = []] = groups.sort((one, other) => other.length - one.length);
  const [oldest] = largest;
  if (oldest === undefined) return;
  clients.delete(oldest);
  oldest.end();
}

/** Notifies open pages of changes by server-sent events. */
export function createLive() {
  const clients = new Set<Response>();
  let version = 0;
  let debounce: NodeJS.Timeout | undefined;
  let isClosed = false;

  function sendAll(text: string): void {
    for (const client of clients) {
      // A client that does not read a few hundred bytes is gone or will reconnect.
      if (client.writableNeedDrain) client.destroy();
      else client.write(text);
    }
  }
  const beat = setInterval(() => sendAll(': still here\n\n'), beatIntervalMs);
  beat.unref();

  return {
    /** Notifies every open page; changes within 150 ms are one event. */
    announce() {
      debounce ??= setTimeout(() => {
        debounce = undefined;
        version += 1;
        sendAll(`event: change\nid: ${version}\ndata: ${version}\n\n`);
      }, debounceMs).unref();
    },
    /** Answers `GET /events`. */
    handler(_: unknown, response: Response) {
      if (isClosed) {
        response.status(503).set('retry-after', '30').type('text').send('The inbox is stopping.\n');
        return;
      }
      if (clients.size >= maxClients) endOldestOfMost(clients);
      response.status(200).set({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // A buffering proxy would delay the events.
        'x-accel-buffering': 'no',
      });
      response.write(`retry: ${retryMs}\nid: ${version}\n\n`);
      clients.add(response);
      response.on('close', () => clients.delete(response));
    },
    clientCount: () => clients.size,
    /** Ends all streams; browsers reconnect. */
    close() {
      isClosed = true;
      clearInterval(beat);
      clearTimeout(debounce);
      for (const client of clients) client.end();
    },
  };
}
