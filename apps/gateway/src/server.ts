import { createServer, type RequestListener, type Server } from 'node:http';
import type { Routing } from './routing/schema.ts';
import { createRouteTable } from './routing/table.ts';
import { readTarget } from './routing/target.ts';
import { upgradeListener } from './websocket/upgrades.ts';

const limits = {
  // A caller that sends its headers or its body drop by drop holds a connection no longer than this.
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than the usual load balancer keeps a connection, so that it is never the one to be surprised.
  keepAliveTimeout: 65_000,
};

/** Creates the public server, with timeouts, and WebSockets on the routes that allow them. */
export function createServerOf(app: RequestListener, { routes }: Routing): Server {
  const table = createRouteTable(routes);
  const answer: RequestListener = (request, response) => {
    // After an upgrade that it ignored, Node reads nothing more from the connection.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    app(request, response);
  };
  const server = createServer(
    {
      ...limits,
      // All other wishes to speak something else are ignored, as RFC 9110 allows.
      shouldUpgradeCallback: ({ method = '', url = '', headers }) =>
        headers.upgrade?.toLowerCase() === 'websocket' &&
        table.find(method, readTarget(url)?.path ?? '')?.websocket === true,
    },
    answer,
  );
  server.on('upgrade', upgradeListener(app));
  // Unless told so Node answers 417 to odd expectations by itself, past ids, limits and metrics; RFC
  // 9110 lets a server ignore them.
  server.on('checkExpectation', answer);
  return server;
}
