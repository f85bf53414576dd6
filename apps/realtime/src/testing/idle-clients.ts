// A process that holds many idle connections to the hub, for the benchmark of their cost there.
// Forked, then sent the hub's address and the tokens; sends a message once all are open.
import { once } from 'node:events';
import WebSocket from 'ws';

interface IdleClientsOptions {
  readonly url: string;
  /** One for each connection. */
  readonly tokens: readonly string[];
}

// So that the hub's backlog never fills.
const atOnce = 100;

process.once('message', async ({ url, tokens }: IdleClientsOptions) => {
  const waiting = [...tokens];
  const worker = async () => {
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
      await once(socket, 'message');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  process.send?.('open');
});
