import { createServer, type RequestListener, type Server } from 'node:http';
import { serverLimits } from '@watchkeeper/telemetry';
import type { Routing } from './routing/schema.ts';
import { createRouteTable } from './routing/table.ts';
import { readTarget } from './routing/target.ts';
import { upgradeListener } from './websocket/upgrades.ts';

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
      ...serverLimits,
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
