import { createServer, type RequestListener, type Server } from 'node:http';
import type { Routing } from './routing/schema.ts';
import { createRouteTable } from './routing/table.ts';
import { readTarget } from './routing/target.ts';
import { upgradeListener } from './websocket/upgrades.ts';

const limits = {
  // A slow sender of headers or body holds a connection no longer than this.
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than the usual load balancer's, so that the balancer never reuses a closed connection.
  keepAliveTimeout: 65_000,
};

/** Creates the public server, with timeouts, and WebSockets on the routes that allow them. */
export function createEdgeServer(app: RequestListener, { routes }: Routing): Server {
  const table = createRouteTable(routes);
  const answer: RequestListener = (request, response) => {
    // After an ignored upgrade, Node reads nothing more from the connection.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    app(request, response);
  };
  const server = createServer(
    {
      ...limits,
      // Other upgrades are ignored, as RFC 9110 allows.
      shouldUpgradeCallback: ({ method = '', url = '', headers }) =>
        headers.upgrade?.toLowerCase() === 'websocket' &&
        table.find(method, readTarget(url)?.path ?? '')?.websocket === true,
    },
    answer,
  );
  server.on('upgrade', upgradeListener(app));
  // By default Node responds with 417 to unknown expectations, bypassing ids, limits and metrics; RFC
  // 9110 lets a server ignore them.
  server.on('checkExpectation', answer);
  return server;
}
